import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { seeded } from '../../../test/seeded.ts'
import { targetInstanceId } from '../../model/load-balancing/instance-target.ts'
import { instanceAddress, instanceOfTarget } from './instance-address.ts'

const EC2_ID = 'i-0123456789abcdef0'

describe('the address of an instance that a target names', () => {
  it('is that of the machine with this EC2 id', async () => {
    const { store } = await seeded({
      instances: [aContainerInstance({ ec2InstanceId: EC2_ID, privateIpAddress: '10.0.0.5' })],
    })
    expect(instanceAddress(store.tables, EC2_ID)).toBe('10.0.0.5')
    expect(instanceAddress(store.tables, 'i-0000')).toBeUndefined()
  })

  it('is found by an id made of the container instance where the machine is none of EC2', async () => {
    const instance = aContainerInstance({ ec2InstanceId: 'mi-0123456789abcdef0', privateIpAddress: '10.0.0.6' })
    const { store } = await seeded({ instances: [instance] })
    const targetId = targetInstanceId(instance)
    expect(targetId).toMatch(/^i-[0-9a-f]{17}$/)
    expect(instanceAddress(store.tables, targetId)).toBe('10.0.0.6')
  })

  it('is that of the registration in force', async () => {
    const { store } = await seeded({
      instances: [
        aContainerInstance({ ec2InstanceId: EC2_ID, status: 'INACTIVE', registeredAt: 3 }),
        aContainerInstance({ containerInstanceId: 'new', ec2InstanceId: EC2_ID, registeredAt: 2 }),
        aContainerInstance({ ec2InstanceId: EC2_ID, registeredAt: 1 }),
      ],
    })
    expect(instanceOfTarget(store.tables, EC2_ID)?.containerInstanceId).toBe('new')
  })
})
