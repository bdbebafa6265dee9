/** DescribeTaskDefinition: one revision, or a family's latest ACTIVE one; INACTIVE revisions by their number. */
import type { DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse } from '@aws-sdk/client-ecs'
import { onAnything } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describedTaskDefinition } from '../describe-task-definition.ts'
import { ecsEnums, eachOneOf } from '../enums.ts'
import { requireTaskDefinition } from '../lookups.ts'

export const describeTaskDefinition: EcsOperation<DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse> = {
  access: () => onAnything(),
  handle: (input, context) => {
    const include = eachOneOf('include', input.include, ecsEnums.TaskDefinitionField)
    const record = requireTaskDefinition(context, input.taskDefinition)
    return { taskDefinition: describedTaskDefinition(record), tags: include.has('TAGS') ? record.tags : [] }
  },
}
