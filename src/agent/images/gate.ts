/**
 * Lets pulls run side by side and deletions run alone: an image must not go while another task's pull counts on its layers. Pulls never
 * queue behind a deletion that waits; deletions have time.
 */

export class Gate {
  #sharing = 0
  #isAlone = false
  #waiting: { readonly alone: boolean; readonly enter: () => void }[] = []

  shared<T>(work: () => Promise<T>): Promise<T> {
    return this.#pass(false, work)
  }

  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#pass(true, work)
  }

  async #pass<T>(alone: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ alone, enter })
      this.#admit()
    })
    try {
      return await work()
    } finally {
      if (alone) this.#isAlone = false
      else this.#sharing--
      this.#admit()
    }
  }

  #admit(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const visitor of waiting) {
      if (this.#isAlone || (visitor.alone && this.#sharing > 0)) {
        this.#waiting.push(visitor)
        continue
      }
      if (visitor.alone) this.#isAlone = true
      else this.#sharing++
      visitor.enter()
    }
  }
}
