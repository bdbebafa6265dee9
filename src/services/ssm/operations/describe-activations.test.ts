import { expect, it } from 'vitest'
import { aRole, trusting } from '../../../../test/builders/a-role.ts'
import { SSM_ACCOUNT, SsmWorld } from '../../../../test/ssm-service.ts'
import { roleArn } from '../../../model/arn.ts'
import { iamKey } from '../../../model/iam-records.ts'

it.each(['constructor', '__proto__', 'toString'])(
  'machines are not filtered by what every object has (%s)',
  async (key) => {
    const world = await SsmWorld.start()
    const role = aRole({
      key: iamKey(SSM_ACCOUNT, 'hosts'),
      arn: roleArn(SSM_ACCOUNT, 'hosts'),
      account: SSM_ACCOUNT,
      roleName: 'hosts',
      assumeRolePolicyDocument: trusting({ Service: 'ssm.amazonaws.com' }),
    })
    await world.store.transact((tx) => tx.roles.insert(role))
    await world.call('CreateActivation', { IamRole: 'hosts' })
    const FilterKey = key as 'IamRole'
    await expect(
      world.call('DescribeActivations', { Filters: [{ FilterKey, FilterValues: ['x'] }] }),
    ).rejects.toMatchObject({ code: 'InvalidFilter' })
  },
)
