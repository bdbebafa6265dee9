import { expect, it } from 'vitest'
import { MemoryJournal } from '../../../store/journal/journal.ts'
import { Store } from '../../../store/store.ts'
import { stsService } from '../index.ts'

it('says whose signature the request has', async () => {
  const store = await Store.open(new MemoryJournal(), (error) => {
    throw error
  })
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
  expect(await stsService(store).call('GetCallerIdentity', {}, call)).toEqual({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/ada',
    UserId: 'AIDAEXAMPLE',
  })
})
