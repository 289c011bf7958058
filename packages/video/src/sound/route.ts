import type { Packet } from 'node-av/lib';

/** How the packets of one stream reach the output. */
export interface Route {
  /** When the packet is due in the output; −∞ when it does not say. */
  secondsOf(packet: Packet): number;
  /** Writes the packet, or what becomes of it. */
  write(packet: Packet): Promise<void>;
  /** Writes what is left at the end. */
  finish(): Promise<void>;
  /** Packets that were damaged and are lost. */
  readonly damaged: number;
  close(): void;
}
