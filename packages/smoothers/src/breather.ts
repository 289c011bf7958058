/** What `createBreather` of core returns: call it in long loops and await the answer; it yields to the event loop when it is time to. */
export type Breather = () => Promise<void> | undefined;
