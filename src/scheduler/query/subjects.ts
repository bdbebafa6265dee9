/**
 * What can be asked of a container instance: each subject knows its operators and how its values compare.
 * A subject that an instance does not have (an attribute, an EC2 id) satisfies only `not_exists`: `attribute:stack != prod`
 * selects instances that have a stack. `task:group` is the exception: an instance without tasks hosts no task of any group.
 */
import type { ContainerInstanceRecord } from '../../model/records.ts'
import type { Predicate } from './compiler.ts'
import { ExpressionError } from './expression-error.ts'
import type { Comparison, Operator } from './parser.ts'
import { compilePattern } from './pattern.ts'
import { compareVersions, dateComparison, isVersion } from './values.ts'

interface Subject {
  readonly operators: readonly Operator[]
  readonly readsTasks?: true
  compile(comparison: Comparison): Predicate
}

const EQUALITY: readonly Operator[] = ['equals', 'not_equals']
const ORDER: readonly Operator[] = ['greater_than', 'greater_than_equal', 'less_than', 'less_than_equal']
const LISTS: readonly Operator[] = ['in', 'not_in']
const PATTERNS: readonly Operator[] = ['matches', 'not_matches']
const EXISTENCE: readonly Operator[] = ['exists', 'not_exists']
const TEXT = [...EQUALITY, ...LISTS, ...PATTERNS]

const ATTRIBUTE_PREFIX = 'attribute:'

export const compileComparison = (comparison: Comparison): Predicate => {
  const subject = subjectOf(comparison)
  if (!subject.operators.includes(comparison.operator)) {
    throw new ExpressionError(
      `operator '${comparison.operator}' is not valid for '${comparison.subject}'`,
      comparison.position,
    )
  }
  return subject.compile(comparison)
}

/** If the comparison's answer depends on the tasks of an instance, and not on its record alone. */
export const readsTasks = (comparison: Comparison): boolean => subjectOf(comparison).readsTasks === true

const subjectOf = ({ subject, position }: Comparison): Subject => {
  if (subject.startsWith(ATTRIBUTE_PREFIX) && subject.length > ATTRIBUTE_PREFIX.length) return attribute
  const field = Object.hasOwn(FIELDS, subject) ? FIELDS[subject] : undefined
  if (field === undefined) throw new ExpressionError(`unknown subject '${subject}'`, position)
  return field
}

const attribute: Subject = {
  operators: [...EQUALITY, ...ORDER, ...LISTS, ...PATTERNS, ...EXISTENCE],
  compile: (comparison) => {
    const name = comparison.subject.slice(ATTRIBUTE_PREFIX.length)
    const find = (instance: ContainerInstanceRecord) => instance.attributes.find((candidate) => candidate.name === name)
    if (comparison.operator === 'exists') return (instance) => find(instance) !== undefined
    if (comparison.operator === 'not_exists') return (instance) => find(instance) === undefined
    const test = textTest(comparison)
    return (instance) => {
      const found = find(instance)
      return found !== undefined && test(found.value ?? '')
    }
  },
}

const agentConnected: Subject = {
  operators: TEXT,
  compile: (comparison) => {
    const test = textTest(comparison)
    return (instance) => test(String(instance.agentConnected))
  },
}

const ec2InstanceId: Subject = {
  operators: [...TEXT, ...EXISTENCE],
  compile: (comparison) => {
    if (comparison.operator === 'exists') return (instance) => instance.ec2InstanceId !== undefined
    if (comparison.operator === 'not_exists') return (instance) => instance.ec2InstanceId === undefined
    const test = textTest(comparison)
    return ({ ec2InstanceId: id }) => id !== undefined && test(id)
  },
}

const agentVersion: Subject = {
  operators: [...EQUALITY, ...ORDER],
  compile: (comparison) => {
    const value = comparison.values[0]!
    if (!isVersion(value)) throw new ExpressionError(`'${value}' is not a version`, comparison.valuePosition)
    const holds = orderTest(comparison.operator)
    return ({ versionInfo: { agentVersion: version } }) =>
      version !== undefined && holds(compareVersions(version, value))
  },
}

const registeredAt: Subject = {
  operators: [...EQUALITY, ...ORDER],
  compile: (comparison) => {
    const value = comparison.values[0]!
    const compareTo = dateComparison(value)
    if (compareTo === undefined) throw new ExpressionError(`'${value}' is not a date`, comparison.valuePosition)
    const holds = orderTest(comparison.operator)
    return (instance) => holds(compareTo(instance.registeredAt))
  },
}

const runningTasksCount: Subject = {
  operators: [...EQUALITY, ...ORDER],
  readsTasks: true,
  compile: (comparison) => {
    const value = comparison.values[0]!
    if (!/^\d{1,9}$/.test(value)) throw new ExpressionError(`'${value}' is not a number`, comparison.valuePosition)
    const holds = orderTest(comparison.operator)
    return (_instance, facts) => holds(facts.runningTasksCount - Number(value))
  },
}

const taskGroup: Subject = {
  operators: [...TEXT, ...EXISTENCE],
  readsTasks: true,
  compile: ({ operator, values, valuePosition }) => {
    const wanted = !operator.startsWith('not_')
    if (operator === 'exists' || operator === 'not_exists')
      return (_instance, facts) => hasAny(facts.taskGroups()) === wanted
    if (operator === 'matches' || operator === 'not_matches') {
      const matches = compilePattern(values[0]!, valuePosition)
      return (_instance, facts) => Array.from(facts.taskGroups()).some(matches) === wanted
    }
    return (_instance, facts) => values.some((group) => facts.hasTaskGroup(group)) === wanted
  },
}

const FIELDS: Readonly<Record<string, Subject>> = {
  agentConnected,
  agentVersion,
  ec2InstanceId,
  registeredAt,
  runningTasksCount,
  'task:group': taskGroup,
}

const hasAny = (items: Iterable<unknown>): boolean => items[Symbol.iterator]().next().done !== true

const textTest = ({ operator, values, valuePosition }: Comparison): ((text: string) => boolean) => {
  const wanted = !operator.startsWith('not_')
  if (operator === 'matches' || operator === 'not_matches') {
    const matches = compilePattern(values[0]!, valuePosition)
    return (text) => matches(text) === wanted
  }
  if (ORDER.includes(operator)) {
    const holds = orderTest(operator)
    return (text) => holds(compareTexts(text, values[0]!))
  }
  const accepted = new Set(values)
  return (text) => accepted.has(text) === wanted
}

const orderTest = (operator: Operator): ((difference: number) => boolean) => {
  switch (operator) {
    case 'equals':
      return (difference) => difference === 0
    case 'not_equals':
      return (difference) => difference !== 0
    case 'greater_than':
      return (difference) => difference > 0
    case 'greater_than_equal':
      return (difference) => difference >= 0
    case 'less_than':
      return (difference) => difference < 0
    default:
      return (difference) => difference <= 0
  }
}

/** Numbers by size, anything else by its characters. */
const compareTexts = (left: string, right: string): number => {
  const difference = Number(left) - Number(right)
  const numeric = left.trim() !== '' && right.trim() !== '' && Number.isFinite(difference)
  if (numeric) return difference
  return left < right ? -1 : left > right ? 1 : 0
}
