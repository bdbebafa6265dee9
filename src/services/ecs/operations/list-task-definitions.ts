/** ListTaskDefinitions: ARNs of revisions, by family and then number. */
import type { ListTaskDefinitionsRequest, ListTaskDefinitionsResponse } from '@aws-sdk/client-ecs'
import type { TaskDefinitionRecord } from '../../../model/records.ts'
import { onAnything } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { ecsEnums, oneOf } from '../enums.ts'
import { familyArn } from '../lookups.ts'
import { page } from '../page.ts'

export const listTaskDefinitions: EcsOperation<ListTaskDefinitionsRequest, ListTaskDefinitionsResponse> = {
  access: () => onAnything(),
  handle: (input, context) => {
    const status = oneOf('status', input.status ?? 'ACTIVE', ecsEnums.TaskDefinitionStatus)
    const sort = oneOf('sort', input.sort ?? 'ASC', ecsEnums.SortOrder)
    const candidates = revisions(context, input.familyPrefix).filter((definition) => definition.status === status)
    const scope = `ListTaskDefinitions/${input.familyPrefix ?? ''}/${status}/${sort}`
    const { items, nextToken } = page(context, scope, candidates, input, sortKey, { descending: sort === 'DESC' })
    const taskDefinitionArns = items.map(({ taskDefinitionArn }) => taskDefinitionArn)
    return { taskDefinitionArns, ...(nextToken !== undefined && { nextToken }) }
  },
}

/** AWS: `familyPrefix` is a whole family here, in spite of its name. */
const revisions = (context: EcsContext, family: string | undefined): TaskDefinitionRecord[] => {
  if (family) return context.tx.taskDefinitions.find('byFamily', familyArn(context, family))
  const prefix = familyArn(context, '')
  return [...context.tx.taskDefinitions.rows()].filter(({ taskDefinitionArn }) => taskDefinitionArn.startsWith(prefix))
}

/** Sorts families as text (a space sorts before all of their characters) and revisions as numbers. */
const sortKey = ({ family, revision }: TaskDefinitionRecord): string =>
  `${family} ${String(revision).padStart(10, '0')}`
