import { GimbalError } from '@gimbal/core';

/** Where {@link MemorySlots} get memory from. */
export interface MemorySupply<Block> {
  allocate(bytes: number): Promise<Block>;
  free(block: Block): Promise<void>;
}

/** A stretch of a block of memory. */
export interface Slot<Block> {
  readonly block: Block;
  /** Bytes from the start of the block. */
  readonly at: number;
}

interface Slab<Block> {
  readonly block: Block;
  used: number;
}

/** Largest block that is asked for at once, unless a single slot is larger. */
const LARGEST_BLOCK = 256 * 2 ** 20;

/** Lends pieces of memory of one size, and lends them again; asks for larger and larger blocks, so that it seldom has to. */
export class MemorySlots<Block> {
  readonly #slotBytes: number;
  readonly #supply: MemorySupply<Block>;
  readonly #slabs = new Map<Block, Slab<Block>>();
  #idle: Slot<Block>[] = [];
  #count = 0;
  #growing: Promise<void> | undefined;
  #closed = false;

  constructor(slotBytes: number, supply: MemorySupply<Block>) {
    this.#slotBytes = slotBytes;
    this.#supply = supply;
  }

  /** @throws what the supply throws when not even one more slot is to be had. */
  async take(): Promise<Slot<Block>> {
    for (;;) {
      if (this.#closed) throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'This frame pool has been closed.');
      const slot = this.#idle.pop();
      if (slot !== undefined) {
        (this.#slabs.get(slot.block) as Slab<Block>).used++;
        return slot;
      }
      this.#growing ??= this.#grow().finally(() => {
        this.#growing = undefined;
      });
      await this.#growing;
    }
  }

  /** Takes a slot back. */
  give(slot: Slot<Block>): void {
    (this.#slabs.get(slot.block) as Slab<Block>).used--;
    this.#idle.push(slot);
    // Nobody waits for this; memory that cannot be given back is gone with the process.
    if (this.#closed) this.trim().catch(() => undefined);
  }

  /** Gives back blocks in which no slot is lent. */
  async trim(): Promise<void> {
    await this.#growing?.catch(() => undefined);
    const spare = [...this.#slabs.values()].filter(({ used }) => used === 0).map(({ block }) => block);
    for (const block of spare) this.#slabs.delete(block);
    this.#idle = this.#idle.filter(({ block }) => this.#slabs.has(block));
    this.#count = [...this.#slabs.values()].reduce((sum, { used }) => sum + used, this.#idle.length);
    for (const block of spare) await this.#supply.free(block);
  }

  /** Lends no more; what is lent goes back to the supply when it is released. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.trim();
  }

  async #grow(): Promise<void> {
    const most = Math.max(1, Math.floor(LARGEST_BLOCK / this.#slotBytes));
    const wanted = Math.min(Math.max(1, this.#count), most);
    const [count, block] = await this.#allocate(wanted);
    this.#slabs.set(block, { block, used: 0 });
    this.#count += count;
    for (let i = count - 1; i >= 0; i--) this.#idle.push({ block, at: i * this.#slotBytes });
  }

  /** As many slots as wanted, or where there is no room for that a single one. */
  async #allocate(wanted: number): Promise<[count: number, block: Block]> {
    try {
      return [wanted, await this.#supply.allocate(wanted * this.#slotBytes)];
    } catch (error) {
      if (wanted === 1) throw error;
      return [1, await this.#supply.allocate(this.#slotBytes)];
    }
  }
}
