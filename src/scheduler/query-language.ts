/**
 * The cluster query language: `memberOf` constraints and the `filter` of ListContainerInstances.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
 */
import type { ContainerInstanceRecord } from '../model/records.ts'
import { COMPILED_EXPRESSIONS } from '../model/limits.ts'
import { compile, type InstanceFacts, type InstancePredicate } from './query/compiler.ts'
import { parseExpression } from './query/parser.ts'

export { ExpressionError } from './query/expression-error.ts'
export type { InstanceFacts, InstancePredicate } from './query/compiler.ts'

/** A predicate on instances. Throws `ExpressionError`. */
export const compileExpression = (text: string): InstancePredicate => compile(parseExpression(text))

/** A predicate that finds the facts itself, for filtering a list. Throws `ExpressionError`. */
export const compileFilter = (
  text: string,
  factsOf: (instance: ContainerInstanceRecord) => InstanceFacts,
): ((instance: ContainerInstanceRecord) => boolean) => {
  const predicate = compileExpression(text)
  return (instance) => predicate(instance, factsOf(instance))
}

/** Compiled expressions by their text, the least recently compiled forgotten first. */
export class CompiledExpressions {
  readonly #known = new Map<string, InstancePredicate>()

  /** Throws `ExpressionError`. */
  get(text: string): InstancePredicate {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const compiled = compileExpression(text)
    if (this.#known.size >= COMPILED_EXPRESSIONS) this.#forgetOldest()
    this.#known.set(text, compiled)
    return compiled
  }

  #forgetOldest(): void {
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest)
      return
    }
  }
}
