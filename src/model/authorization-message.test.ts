import { describe, expect, it } from 'vitest'
import { aSealer } from '../../test/services-deps.ts'
import { MasterKey } from '../kit/sealing.ts'
import { type DecidedRequest, decodeAuthorizationMessage, encodeAuthorizationMessage } from './authorization-message.ts'

const decided: DecidedRequest = {
  request: {
    principal: {
      arn: 'arn:aws:iam::000000000000:user/ada',
      account: '000000000000',
      userId: 'AIDAADA',
      accessKeyId: 'AKIA1',
    },
    action: 'ecs:RunTask',
    resource: 'arn:aws:ecs:us-east-1:000000000000:task-definition/web:1',
    context: { 'ecs:cluster': ['arn:aws:ecs:us-east-1:000000000000:cluster/default'] },
  },
  decision: {
    outcome: 'explicitDeny',
    because: 'identity',
    outcomes: { identity: 'explicitDeny' },
    matched: [{ policyId: 'NoTasks', policyType: 'identity', statement: 2, effect: 'Deny' }],
    missingContextKeys: [],
  },
}

describe('an authorization message', () => {
  it('tells who was denied what, and by which statement', () => {
    const encoded = encodeAuthorizationMessage(aSealer(), decided)
    expect(encoded).not.toContain('ada')
    expect(JSON.parse(decodeAuthorizationMessage(aSealer(), encoded) ?? '')).toEqual({
      allowed: false,
      explicitDeny: true,
      matchedStatements: { items: [{ statementId: 'NoTasks#2', effect: 'DENY' }] },
      failures: { items: [] },
      context: {
        principal: { id: 'AIDAADA', name: 'ada', arn: 'arn:aws:iam::000000000000:user/ada' },
        action: 'ecs:RunTask',
        resource: 'arn:aws:ecs:us-east-1:000000000000:task-definition/web:1',
        conditions: {
          items: [
            {
              key: 'ecs:cluster',
              values: { items: [{ value: 'arn:aws:ecs:us-east-1:000000000000:cluster/default' }] },
            },
          ],
        },
      },
    })
  })

  it('is nothing that others made, or that was made for something else', () => {
    const other = new MasterKey({ id: 'm1', key: Buffer.alloc(32, 4) })
    const elsewhere = aSealer().seal(Buffer.from('{}'), 'accessKey/AKIA1') as unknown as string
    const encoded = encodeAuthorizationMessage(aSealer(), decided)
    for (const text of ['', '.', 'm1.', 'hello', elsewhere, encodeAuthorizationMessage(other, decided), `${encoded}A`])
      expect(decodeAuthorizationMessage(aSealer(), text)).toBeUndefined()
  })
})
