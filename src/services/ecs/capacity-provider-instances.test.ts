import { describe, expect, it } from 'vitest'
import { aCapacityProvider } from '../../../test/builders/a-capacity-provider.ts'
import { aCluster } from '../../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { aRegistration } from '../../../test/builders/a-registration.ts'
import { seeded } from '../../../test/seeded.ts'
import { deleteAttributes } from './operations/delete-attributes.ts'
import { putAttributes } from './operations/put-attributes.ts'
import { registerContainerInstance } from './operations/register-container-instance.ts'

const GROUP = 'aws.autoscaling.groupName'
const arn = 'arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:0123:autoScalingGroupName/machines'

const world = async () => {
  const provider = aCapacityProvider({ autoScalingGroupProvider: { autoScalingGroupArn: arn } })
  const instance = aContainerInstance()
  const ecs = await seeded({
    clusters: [aCluster({ capacityProviders: ['spare'] })],
    capacityProviders: [provider],
    instances: [instance],
  })
  const targetId = instance.containerInstanceId
  const provided = () => ecs.store.tables.containerInstances.get(targetId)?.capacityProviderName
  return { ecs, targetId, provided }
}

describe('a container instance', () => {
  it('belongs to the capacity provider whose ARN has the name of its Auto Scaling group', async () => {
    const { ecs, targetId, provided } = await world()
    const attribute = { name: GROUP, targetId, targetType: 'container-instance' as const }

    await ecs.call(putAttributes, { attributes: [{ ...attribute, value: 'machines' }] })
    expect(provided()).toBe('spare')
    await ecs.call(putAttributes, { attributes: [{ ...attribute, value: 'other' }] })
    expect(provided()).toBeUndefined()
    await ecs.call(putAttributes, { attributes: [{ ...attribute, value: 'machines' }] })
    await ecs.call(deleteAttributes, { attributes: [attribute] })
    expect(provided()).toBeUndefined()
  })

  it('stays with it when its agent registers again without saying so', async () => {
    const { ecs } = await world()
    const attributes = [{ name: GROUP, value: 'machines' }]
    const first = await ecs.call(registerContainerInstance, aRegistration({ attributes }))
    expect(first.containerInstance?.capacityProviderName).toBe('spare')

    const { containerInstanceArn } = first.containerInstance!
    const again = await ecs.call(registerContainerInstance, aRegistration({ containerInstanceArn }))
    expect(again.containerInstance).toMatchObject({ containerInstanceArn, capacityProviderName: 'spare' })
  })
})
