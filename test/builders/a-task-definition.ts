/** A task definition as RegisterTaskDefinition leaves it: one essential container unless others are given. */
import { taskDefinitionArn } from '../../src/model/arn.ts'
import type { TaskDefinitionRecord } from '../../src/model/records.ts'
import { BUILT_AT_MS } from './ids.ts'

type ContainerDefinition = TaskDefinitionRecord['containerDefinitions'][number]

/** A container definition with the defaults that registration fills in. */
export const aContainerDefinition = (given: ContainerDefinition = {}): ContainerDefinition => ({
  name: 'app',
  image: 'longshore/test:latest',
  cpu: 128,
  memory: 256,
  essential: true,
  environment: [],
  mountPoints: [],
  volumesFrom: [],
  portMappings: [],
  systemControls: [],
  ...given,
})

export const aTaskDefinition = (given: Partial<TaskDefinitionRecord> = {}): TaskDefinitionRecord => {
  const { family = 'web', revision = 1 } = given
  return {
    taskDefinitionArn: taskDefinitionArn('us-east-1', '000000000000', family, revision),
    family,
    revision,
    status: 'ACTIVE',
    registeredAt: BUILT_AT_MS,
    containerDefinitions: [aContainerDefinition()],
    volumes: [],
    placementConstraints: [],
    compatibilities: ['EXTERNAL', 'EC2'],
    requiresAttributes: [],
    tags: [],
    ...given,
  }
}

/** One that Fargate takes: awsvpc, with CPU and memory for the task. */
export const aFargateTaskDefinition = (given: Partial<TaskDefinitionRecord> = {}): TaskDefinitionRecord =>
  aTaskDefinition({
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    requiresCompatibilities: ['FARGATE'],
    compatibilities: ['EC2', 'FARGATE'],
    ...given,
  })
