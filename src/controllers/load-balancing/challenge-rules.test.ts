import { expect, it } from 'vitest'
import { aListenerWith } from '../../../test/builders/a-certificate.ts'
import { emptyStore } from '../../../test/services-deps.ts'
import type { CertificateOrderRecord } from '../../model/certificate-records.ts'
import { challengeRules } from './challenge-rules.ts'
import { touchedItems } from './routing-names.ts'

const challenge = {
  type: 'http-01',
  domainName: 'www.example.com',
  url: 'https://acme.test/challenge/1',
  token: 'tok_1-A',
  keyAuthorization: 'tok_1-A.print',
  publishedAt: 0,
} as const
const order: CertificateOrderRecord = {
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1',
  isRenewal: false,
  beganAt: 0,
  sealedPrivateKey: 'sealed' as never,
  challenges: [challenge],
  failedAttempts: 0,
}
const listener = { ...aListenerWith('none'), protocol: 'HTTP', port: 80 } as const

it('answers tokens on port 80, before all other rules', async () => {
  const store = await emptyStore()
  await store.transact((tx) => tx.certificateOrders.insert(order))
  expect(challengeRules(store.tables, listener)).toMatchObject([
    {
      priority: -1,
      conditions: [{ PathPatternConfig: { Values: ['/.well-known/acme-challenge/tok_1-A'] } }],
      actions: [{ FixedResponseConfig: { StatusCode: '200', MessageBody: 'tok_1-A.print' } }],
    },
  ])
  expect(challengeRules(store.tables, { ...listener, port: 8080 })).toEqual([])
  expect(challengeRules(store.tables, { ...listener, protocol: 'HTTPS' })).toEqual([])
})

it('is sent anew when challenges come and go, and not with every other change of an order', async () => {
  const { tables, ...store } = await emptyStore().then((made) => ({ tables: made.tables, made }))
  await store.made.transact((tx) => tx.listeners.insert(listener))
  const change = (before: CertificateOrderRecord | undefined, after: CertificateOrderRecord | undefined) =>
    touchedItems(tables, { table: 'certificateOrders', key: order.certificateArn, before, after })
  const items = [{ kind: 'loadBalancer', key: listener.loadBalancerArn }]
  expect(change({ ...order, challenges: [] }, order)).toEqual(items)
  expect(change(order, undefined)).toEqual(items)
  expect(change(order, { ...order, failedAttempts: 1 })).toEqual([])
  expect(change(undefined, { ...order, challenges: [] })).toEqual([])
})
