/** What an ACME server asks for is answered by a running HAProxy, before the rules of the listener. */
import { expect, it } from 'vitest'
import { challengeRules } from '../../../src/controllers/load-balancing/challenge-rules.ts'
import type { CertificateOrderRecord } from '../../../src/model/certificate-records.ts'
import { aListenerWith } from '../../builders/a-certificate.ts'
import { emptyStore } from '../../services-deps.ts'
import { answerWith, aRoutingTable, aRuleRoute } from './a-route.ts'
import { ask } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

const challenge = (token: string) => ({
  type: 'http-01' as const,
  domainName: 'www.example.com',
  url: `https://acme.test/${token}`,
  token,
  keyAuthorization: `${token}.print_-9`,
  publishedAt: 0,
})
const order: CertificateOrderRecord = {
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1',
  isRenewal: false,
  beganAt: 0,
  sealedPrivateKey: 'sealed' as never,
  challenges: [challenge('first_-1'), challenge('second')],
  failedAttempts: 0,
}

it.each(PROGRAMS)('each token with its own answer, by %s', async (program) => {
  const store = await emptyStore()
  await store.transact((tx) => tx.certificateOrders.insert(order))
  const own = challengeRules(store.tables, { ...aListenerWith('none'), protocol: 'HTTP', port: 80 })
  const port = await freePort()
  const rules = [...own, aRuleRoute('default', [], [answerWith('nothing here')])]
  const haproxy = await HaproxyUnderTest.start(program, aRoutingTable({ port, rules }), [port])
  try {
    for (const { token, keyAuthorization } of order.challenges) {
      const answer = await ask({ port, path: `/.well-known/acme-challenge/${token}` })
      expect(answer).toMatchObject({ status: 200, body: keyAuthorization })
    }
    expect(await ask({ port, path: '/.well-known/acme-challenge/other' })).toMatchObject({ body: 'nothing here' })
  } finally {
    await haproxy.stop()
  }
})
