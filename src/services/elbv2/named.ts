/** What a Describe operation names by ARN or by name, or all there is. */
import type { ElbResourceKind } from '../../model/arn.ts'
import { ELB_DESCRIBE_ITEMS } from '../../model/load-balancing/limits.ts'
import type { Elbv2Context } from './context.ts'
import { validationError } from './faults.ts'
import { someNotFound } from './lookups.ts'

export interface Naming<Row> {
  readonly kind: ElbResourceKind
  readonly words: string
  /** Throws what an ARN that is none deserves. */
  readonly byArn: (context: Elbv2Context, arn: string) => Row
  readonly byName?: (context: Elbv2Context, name: string) => Row | undefined
  readonly all: (context: Elbv2Context) => readonly Row[]
}

/** Unknown ARNs and names are faults. AWS: either ARNs or names may be given. */
export const findNamed = <Row>(
  naming: Naming<Row>,
  context: Elbv2Context,
  arns: readonly string[] = [],
  names: readonly string[] = [],
): readonly Row[] => {
  const { words, byArn, byName, all } = naming
  if (arns.length > 0 && names.length > 0)
    throw validationError(`Either ${words} ARNs or names can be specified, but not both`)
  if (Math.max(arns.length, names.length) > ELB_DESCRIBE_ITEMS)
    throw validationError(`A maximum of '${ELB_DESCRIBE_ITEMS}' ${words}s can be specified in a single call`)
  if (arns.length > 0) return [...new Set(arns)].map((arn) => byArn(context, arn))
  if (names.length === 0 || byName === undefined) return all(context)
  return requireAllNames(naming, context, names)
}

const requireAllNames = <Row>(
  { kind, words, byName }: Naming<Row>,
  context: Elbv2Context,
  names: readonly string[],
): readonly Row[] => {
  const distinct = [...new Set(names)]
  const missing = distinct.filter((name) => byName?.(context, name) === undefined)
  if (missing.length > 0)
    throw someNotFound(kind, `${words.charAt(0).toUpperCase()}${words.slice(1)}s '[${missing.join(', ')}]' not found`)
  return distinct.flatMap((name) => byName?.(context, name) ?? [])
}
