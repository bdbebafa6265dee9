import { expect, it } from 'vitest'
import { emptyStore, servicesDeps } from '../../../../test/services-deps.ts'
import { stsService } from '../index.ts'

it('says whose signature the request has', async () => {
  const sts = stsService(servicesDeps(await emptyStore()))
  const principal = {
    arn: 'arn:aws:iam::123456789012:user/ada',
    account: '123456789012',
    userId: 'AIDAEXAMPLE',
    accessKeyId: 'AKID',
  }
  const call = {
    requestId: 'r',
    account: '123456789012',
    region: 'us-east-1',
    now: 0,
    principal,
    sourceIp: '',
    userAgent: '',
  }
  expect(await sts.call('GetCallerIdentity', {}, call)).toEqual({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/ada',
    UserId: 'AIDAEXAMPLE',
  })
})
