import { describe, expect, it } from 'vitest'
import { aService } from '../../test/builders/a-service.ts'
import { aTaskDefinition } from '../../test/builders/a-task-definition.ts'
import { serviceTaskTags } from './service-task-tags.ts'

const definition = aTaskDefinition({ tags: [{ key: 'from', value: 'definition' }] })
const tags = [{ key: 'from', value: 'service' }]

describe('the tags of a service’s tasks', () => {
  it('are none without propagation', () => {
    expect(serviceTaskTags(aService({ tags }), definition, 'default')).toEqual([])
  })

  it('are those of the service, or of the task definition', () => {
    expect(serviceTaskTags(aService({ tags, propagateTags: 'SERVICE' }), definition, 'default')).toEqual(tags)
    expect(serviceTaskTags(aService({ tags, propagateTags: 'TASK_DEFINITION' }), definition, 'default')).toEqual(
      definition.tags,
    )
  })

  it('name cluster and service if tags are managed', () => {
    const service = aService({ enableECSManagedTags: true, propagateTags: 'TASK_DEFINITION' })

    expect(serviceTaskTags(service, definition, 'default')).toEqual([
      { key: 'from', value: 'definition' },
      { key: 'aws:ecs:clusterName', value: 'default' },
      { key: 'aws:ecs:serviceName', value: 'web' },
    ])
  })
})
