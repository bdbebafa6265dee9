import { expect, it } from 'vitest'
import { rootCaller, userCaller } from '../../../../test/builders/a-principal.ts'
import { aUser } from '../../../../test/builders/a-role.ts'
import { refusalOf } from '../../../../test/refusal-of.ts'
import { emptyStore, servicesDeps } from '../../../../test/services-deps.ts'
import type { Principal } from '../../../model/principal.ts'
import type { AuditQuery } from '../../../store/audit/audit-reader.ts'
import { PolicyGuard } from '../../authorization.ts'
import { cloudTrailService } from '../index.ts'

const trail = async () => {
  const store = await emptyStore()
  await store.transact((tx) => tx.users.insert(aUser()))
  const asked: AuditQuery[] = []
  const find = async (query: AuditQuery) => {
    asked.push(query)
    return { events: [] }
  }
  const { call } = cloudTrailService({ ...servicesDeps(store, { guard: new PolicyGuard() }), audit: { find } })
  const lookUp = (input: object, principal: Principal = rootCaller()) =>
    call('LookupEvents', input, {
      requestId: 'r1',
      account: principal.account,
      region: 'us-east-1',
      now: 0,
      principal,
      sourceIp: '127.0.0.1',
      userAgent: 'test',
    })
  return { asked, lookUp }
}

it('reads nothing of the trail, which takes long, for who may not', async () => {
  const { asked, lookUp } = await trail()
  expect((await refusalOf(lookUp({}, userCaller())))[1]).toContain('cloudtrail:LookupEvents')
  expect(asked).toEqual([])
  expect(await lookUp({})).toEqual({ Events: [] })
  expect(asked).toHaveLength(1)
})

it.each<[string, object]>([
  ['InvalidEventCategoryException', { EventCategory: 'insight' }],
  ['InvalidMaxResultsException', { MaxResults: 51 }],
  ['InvalidNextTokenException', { NextToken: 'made-up' }],
  ['InvalidTimeRangeException', { StartTime: new Date(2), EndTime: new Date(1) }],
])('answers %s without reading either', async (code, input) => {
  const { asked, lookUp } = await trail()
  expect((await refusalOf(lookUp(input)))[0]).toBe(code)
  expect(asked).toEqual([])
})
