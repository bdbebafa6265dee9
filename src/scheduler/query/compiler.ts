/** From the tree of a cluster query to a predicate on container instances. What each subject means stands in `subjects.ts`. */
import type { ContainerInstanceRecord } from '../../model/records.ts'
import type { Expression } from './parser.ts'
import { compileComparison, readsTasks } from './subjects.ts'

/** What a query may ask of an instance that its record does not say. */
export interface InstanceFacts {
  readonly runningTasksCount: number
  /** If a task of the group that has not stopped is on the instance. */
  hasTaskGroup(group: string): boolean
  /** Groups of the tasks on the instance that have not stopped. */
  taskGroups(): Iterable<string>
}

export type Predicate = (instance: ContainerInstanceRecord, facts: InstanceFacts) => boolean

export interface InstancePredicate extends Predicate {
  /** If the answer can change while the instance's record stays as it is. */
  readonly readsTasks: boolean
}

/** Throws `ExpressionError` where a comparison makes no sense for its subject. */
export const compile = (expression: Expression): InstancePredicate =>
  Object.assign(predicateOf(expression), { readsTasks: anyReadsTasks(expression) })

const predicateOf = (expression: Expression): Predicate => {
  switch (expression.kind) {
    case 'comparison':
      return compileComparison(expression)
    case 'not': {
      const operand = predicateOf(expression.operand)
      return (instance, facts) => !operand(instance, facts)
    }
    case 'and': {
      const operands = expression.operands.map(predicateOf)
      return (instance, facts) => operands.every((operand) => operand(instance, facts))
    }
    case 'or': {
      const operands = expression.operands.map(predicateOf)
      return (instance, facts) => operands.some((operand) => operand(instance, facts))
    }
  }
}

const anyReadsTasks = (expression: Expression): boolean => {
  switch (expression.kind) {
    case 'comparison':
      return readsTasks(expression)
    case 'not':
      return anyReadsTasks(expression.operand)
    case 'and':
    case 'or':
      return expression.operands.some(anyReadsTasks)
  }
}
