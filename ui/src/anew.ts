// What stands open is read anew whenever something changes: one question at a time, and what changes meanwhile asks once more.

/** Reads again and again, never twice at once. */
export class Anew {
  #read: (quiet: boolean) => Promise<void>;
  #isOpen: () => boolean;
  #restMs: number;
  #reading = false;
  #stale = false;

  /** While much is being sent something changes all the time: so long it is left before it is read once more by itself. */
  constructor(read: (quiet: boolean) => Promise<void>, isOpen: () => boolean, restMs = 0) {
    this.#read = read;
    this.#isOpen = isOpen;
    this.#restMs = restMs;
  }

  /** Something changed. Nobody asked for it, so that what goes wrong is not told. */
  changed(): void {
    if (this.#isOpen()) void this.read(true);
  }

  /** Ends when what was read is the newest, for whoever asked first. */
  async read(quiet = false): Promise<void> {
    this.#stale = true;
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#stale && this.#isOpen()) {
        this.#stale = false;
        await this.#read(quiet);
        if (quiet && this.#stale && this.#restMs > 0)
          await new Promise((rested) => setTimeout(rested, this.#restMs));
      }
    } finally {
      this.#reading = false;
    }
  }
}
