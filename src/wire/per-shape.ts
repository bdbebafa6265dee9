/** One function per shape of a model, compiled when it is first needed and kept. */
import type { Shape } from './schema.ts'

export abstract class PerShape<Output> {
  readonly #compiled = new Map<Shape, (value: unknown) => Output>()

  of(shape: Shape): (value: unknown) => Output {
    const known = this.#compiled.get(shape)
    if (known !== undefined) return known
    // Recursive shapes meet themselves while they are compiled: they are then looked up when called.
    this.#compiled.set(shape, (value) => this.of(shape)(value))
    const compiled = this.compile(shape)
    this.#compiled.set(shape, compiled)
    return compiled
  }

  /** Uses `of` for the shapes within. */
  protected abstract compile(shape: Shape): (value: unknown) => Output
}
