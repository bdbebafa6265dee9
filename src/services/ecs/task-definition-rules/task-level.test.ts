import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

const mesh = (given: object = {}): Partial<RegisterTaskDefinitionRequest> => ({
  networkMode: 'awsvpc',
  proxyConfiguration: {
    containerName: 'app',
    properties: Object.entries({ AppPorts: '80', ProxyIngressPort: '1', ProxyEgressPort: '2', IgnoredUID: '3' }).map(
      ([name, value]) => ({ name, value }),
    ),
    ...given,
  },
})

describe('a task as a whole', () => {
  it.each<[string, RegisterTaskDefinitionRequest]>([
    ['Role is not valid', aDefinition({}, { taskRoleArn: 'arn:aws:iam::000000000000:user/a' })],
    ['Role is not valid', aDefinition({}, { executionRoleArn: 'a b' })],
    [
      'A task can have at most 10 placement constraints.',
      aDefinition(
        {},
        { placementConstraints: Array.from({ length: 11 }, () => ({ type: 'memberOf' as const, expression: 'a' })) },
      ),
    ],
    [
      'Placement constraint expression should not be null or empty.',
      aDefinition({}, { placementConstraints: [{ type: 'memberOf' }] }),
    ],
    [
      'proxyConfiguration is only supported when networkMode=awsvpc.',
      aDefinition({}, { ...mesh(), networkMode: 'bridge' }),
    ],
    ["Unknown container 'envoy'.", aDefinition({}, mesh({ containerName: 'envoy' }))],
    ['proxyConfiguration must specify the property AppPorts.', aDefinition({}, mesh({ properties: [] }))],
    [
      'The ephemeral storage size in GiB must be between 21 and 200.',
      aDefinition({}, { ephemeralStorage: { sizeInGiB: 20 } }),
    ],
    [
      'Amazon Elastic Inference is no longer available.',
      aDefinition({}, { inferenceAccelerators: [{ deviceName: 'a', deviceType: 'b' }] }),
    ],
    ['enableFaultInjection is not supported when networkMode=bridge.', aDefinition({}, { enableFaultInjection: true })],
    [
      'The MANAGED_INSTANCES compatibility is not supported.',
      aDefinition({}, { requiresCompatibilities: ['MANAGED_INSTANCES'] }),
    ],
    [
      'Tasks using the External launch type do not support network mode awsvpc.',
      aDefinition({}, { requiresCompatibilities: ['EXTERNAL'], networkMode: 'awsvpc' }),
    ],
  ])('is refused: %s', (message, task) => expect(refusal(task)).toBe(message))

  it('says where an expression goes wrong', () => {
    expect(
      refusal(aDefinition({}, { placementConstraints: [{ type: 'memberOf', expression: 'attribute:a ==' }] })),
    ).toMatch(/^Invalid placement constraint expression: /)
  })
})
