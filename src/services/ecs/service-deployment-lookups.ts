/** Finds service deployments and service revisions, which requests name by ARN, in the caller's account and region. */
import { parseArn } from '../../model/arn.ts'
import type { ServiceDeploymentRecord } from '../../model/service-records.ts'
import type { EcsContext } from './context.ts'
import { invalidParameter, serviceDeploymentNotFound } from './faults.ts'

/** The ARN, which must be one of that type: `service-deployment` or `service-revision`. */
const checkedArn = (arn: string, type: string): string => {
  const parsed = parseArn(arn)
  if (parsed?.service !== 'ecs') throw invalidParameter('Invalid identifier: Identifier is not an Amazon ECS ARN.')
  const [actualType, ...path] = parsed.resource.split('/')
  if (actualType !== type)
    throw invalidParameter(`Invalid identifier: Identifier is for ${actualType}. Expected ${type}.`)
  if (path.length !== 3) throw invalidParameter('Invalid identifier: Unexpected number of separators')
  return arn
}

const isOwn = ({ account, region }: EcsContext, arn: string): boolean => {
  const parsed = parseArn(arn)
  return parsed?.account === account && parsed.region === region
}

/** The row of `table` with that ARN; undefined also for an ARN of another account or region. */
export const getByArn = <Row>(
  context: EcsContext,
  table: { readonly get: (arn: string) => Row | undefined },
  type: 'service-deployment' | 'service-revision',
  arn: string,
): Row | undefined => (isOwn(context, checkedArn(arn, type)) ? table.get(arn) : undefined)

export const requireServiceDeployment = (context: EcsContext, arn: string): ServiceDeploymentRecord => {
  const found = getByArn(context, context.tx.serviceDeployments, 'service-deployment', arn)
  if (found === undefined) throw serviceDeploymentNotFound()
  return found
}

/** What a Describe call finds by the ARNs it names, each once and in their order, and a failure for each of the rest. */
export const findByArns = <Row>(
  arns: readonly string[],
  get: (arn: string) => Row | undefined,
): { readonly found: Row[]; readonly failures: { arn: string; reason: string }[] } => {
  const found: Row[] = []
  const failures: { arn: string; reason: string }[] = []
  for (const arn of new Set(arns)) {
    const row = get(arn)
    if (row === undefined) failures.push({ arn, reason: 'MISSING' })
    else found.push(row)
  }
  return { found, failures }
}
