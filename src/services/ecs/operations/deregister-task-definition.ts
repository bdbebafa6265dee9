/** DeregisterTaskDefinition: makes a revision INACTIVE; what runs from it runs on, but nothing new starts. */
import type { DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse } from '@aws-sdk/client-ecs'
import { onAnything } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describedTaskDefinition } from '../describe-task-definition.ts'
import { requireTaskDefinition, taskDefinitionArnOf } from '../lookups.ts'

export const deregisterTaskDefinition: EcsOperation<DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse> =
  {
    access: () => onAnything(),
    handle: (input, context) => {
      const found = requireTaskDefinition(
        context,
        input.taskDefinition && taskDefinitionArnOf(context, input.taskDefinition),
      )
      if (found.status !== 'ACTIVE') return { taskDefinition: describedTaskDefinition(found) }
      const record = context.tx.taskDefinitions.update(found.taskDefinitionArn, {
        status: 'INACTIVE',
        deregisteredAt: context.now,
      })
      return { taskDefinition: describedTaskDefinition(record) }
    },
  }
