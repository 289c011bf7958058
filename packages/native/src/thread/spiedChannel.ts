import { MessageChannel, type MessagePort } from 'node:worker_threads';

/** Both ends of a channel in one thread, for tests: every message crosses as it does between two, and what kinds each end sent is noted. */
export function spiedChannel() {
  const { port1, port2 } = new MessageChannel();
  return { port1, port2, sent1: kindsSentBy(port1), sent2: kindsSentBy(port2) };
}

function kindsSentBy(port: MessagePort): string[] {
  const kinds: string[] = [];
  const post = port.postMessage.bind(port);
  port.postMessage = (message: { kind: string }) => {
    kinds.push(message.kind);
    post(message);
  };
  return kinds;
}
