/** ListTaskDefinitionFamilies: names of families, those with an ACTIVE revision, those without, or both. */
import type {
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse,
  TaskDefinitionFamilyStatus,
} from '@aws-sdk/client-ecs'
import { onAnything } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { resourceId } from '../../../model/arn.ts'
import { ecsEnums, oneOf } from '../enums.ts'
import { familyArn, latestActive } from '../lookups.ts'
import { page } from '../page.ts'

export const listTaskDefinitionFamilies: EcsOperation<
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse
> = {
  access: () => onAnything(),
  handle: (input, context) => {
    const { familyPrefix = '' } = input
    const status = oneOf('status', input.status ?? 'ALL', ecsEnums.TaskDefinitionFamilyStatus)
    const families = familyNames(context, familyPrefix).filter((family) => hasStatus(context, family, status))
    const scope = `ListTaskDefinitionFamilies/${familyPrefix}/${status}`
    const { items, nextToken } = page(context, scope, families, input, (family) => family)
    return { families: items, ...(nextToken !== undefined && { nextToken }) }
  },
}

const familyNames = (context: EcsContext, familyPrefix: string): string[] => {
  const prefix = familyArn(context, familyPrefix)
  return [...context.tx.taskDefinitionFamilies.rows()]
    .filter((row) => row.familyArn.startsWith(prefix))
    .map((row) => resourceId(row.familyArn))
}

/** A family that has no revision left but those being deleted is not listed. */
const hasStatus = (context: EcsContext, family: string, status: TaskDefinitionFamilyStatus): boolean => {
  const isActive = latestActive(context, family) !== undefined
  if (isActive) return status !== 'INACTIVE'
  if (status === 'ACTIVE') return false
  for (const definition of context.tx.taskDefinitions.iterate('byFamily', familyArn(context, family))) {
    if (definition.status === 'INACTIVE') return true
  }
  return false
}
