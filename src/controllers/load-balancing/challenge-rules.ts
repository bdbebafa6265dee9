/**
 * What an ACME server asks for over HTTP-01 is answered by rules before all others, on every HTTP listener on port 80: a fixed response
 * for each token. https://www.rfc-editor.org/rfc/rfc8555#section-8.3
 */
import { createHash } from 'node:crypto'
import { listenerRuleArn } from '../../model/arn.ts'
import type { AcmeChallengeRecord } from '../../model/certificate-records.ts'
import type { ListenerRecord } from '../../model/load-balancing/records.ts'
import type { RuleRoute } from '../../model/load-balancing/routing.ts'
import type { ReadTables } from '../../store/tables.ts'

const PATH = '/.well-known/acme-challenge/'
const HTTP_PORT = 80
const ID_LENGTH = 16

/** Whether ACME servers ask there. */
export const answersChallenges = ({ protocol, port }: ListenerRecord): boolean =>
  protocol === 'HTTP' && port === HTTP_PORT

export const challengeRules = (
  tables: Pick<ReadTables, 'certificateOrders'>,
  listener: ListenerRecord,
): readonly RuleRoute[] => {
  if (!answersChallenges(listener)) return []
  const challenges = Array.from(tables.certificateOrders.rows()).flatMap((order) => order.challenges)
  const asked = challenges.filter(({ type }) => type === 'http-01')
  return asked.map((challenge, index) => ruleOf(listener, challenge, index - asked.length))
}

/** `priority`: below those that clients can give, and another for each rule of a listener. */
const ruleOf = (
  { listenerArn }: ListenerRecord,
  { token, keyAuthorization }: AcmeChallengeRecord,
  priority: number,
): RuleRoute => ({
  ruleArn: listenerRuleArn(listenerArn, createHash('sha256').update(token).digest('hex').slice(0, ID_LENGTH)),
  priority,
  conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [`${PATH}${token}`] } }],
  actions: [
    {
      Type: 'fixed-response',
      FixedResponseConfig: { StatusCode: '200', ContentType: 'text/plain', MessageBody: keyAuthorization },
    },
  ],
  transforms: [],
})
