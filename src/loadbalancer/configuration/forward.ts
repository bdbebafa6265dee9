/**
 * Forward actions. A target group has two backends: one whose servers are checked, and one with all of them, which gets requests when too few
 * of the first are healthy. Among several target groups each request is drawn anew, unless its cookie says where it went before.
 */
import type { ForwardActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { createHmac } from 'node:crypto'
import type { RuleRoute, TargetGroupRoute } from '../../model/load-balancing/routing.ts'
import { cookieLine } from './cookies.ts'
import { mapFile } from './listing.ts'
import { backendName, openBackendName } from './names.ts'
import { call, quoteWord } from './quote.ts'
import type { NamedRule } from './rule-plan.ts'
import { type HttpScope, isRule } from './scope.ts'
import { neededHealth } from './target-groups.ts'

/** Backends without servers: requests are answered 503, connections closed. */
export const NO_BACKENDS = { http: 'nothing.http', tcp: 'nothing.tcp' } as const

const GROUP_COOKIE = 'AWSALBTG'
const GROUP_COOKIE_ACROSS_SITES = 'AWSALBTGCORS'
const TOKEN_LENGTH = 40

export interface Share {
  readonly targetGroupArn: string
  readonly weight: number
}

/** Undefined: the rule answers by itself. */
export const forwardOf = ({ actions }: RuleRoute): ForwardActionConfig | undefined => {
  const action = actions.find(({ Type }) => Type === 'forward')
  if (action === undefined) return undefined
  return action.ForwardConfig ?? { TargetGroups: [{ TargetGroupArn: action.TargetGroupArn }] }
}

/** The target groups that get something. */
export const sharesOf = (rule: RuleRoute): readonly Share[] => {
  const groups = forwardOf(rule)?.TargetGroups ?? []
  return groups.flatMap(({ TargetGroupArn: targetGroupArn, Weight: weight = 1 }) =>
    targetGroupArn === undefined || (weight === 0 && groups.length > 1) ? [] : [{ targetGroupArn, weight }],
  )
}

/** The backend of a rule that has only one to forward to. */
export const soleBackend = (rule: RuleRoute, scope: HttpScope): string | undefined => {
  if (forwardOf(rule) === undefined) return undefined
  const [only, ...others] = sharesOf(rule)
  return others.length > 0 ? undefined : backendOf(only?.targetGroupArn, scope)
}

const backendOf = (targetGroupArn: string | undefined, { table, loadBalancer }: HttpScope): string => {
  if (targetGroupArn !== undefined && table.targetGroups.has(targetGroupArn)) return backendName(targetGroupArn)
  return loadBalancer.type === 'application' ? NO_BACKENDS.http : NO_BACKENDS.tcp
}

/** A worker that is reloaded finds no usable server anywhere, and has a last request of every connection that clients have kept. */
export const CAN_COUNT = '!{ stopping }'

/** Everything to one backend, or to that which stands in for it. */
export const plainForward = (backend: string, { table }: Pick<HttpScope, 'table'>, stage: Stage = 'http-request') => {
  const group = groupsByBackend(table).get(backend)
  if (group === undefined) return [`default_backend ${backend}`]
  const { lines, tests } = tooFewHealthy(group, stage)
  const open = openBackendName(group.targetGroupArn)
  return [
    ...lines,
    `use_backend ${backend} if ${tests.map((test) => `!${test}`).join(' ')}`,
    ...(stage === 'http-request'
      ? [`use_backend ${NO_BACKENDS.http} if ${CAN_COUNT} { nbsrv(${backend}) eq 0 } { nbsrv(${open}) eq 0 }`]
      : []),
    `default_backend ${open}`,
  ]
}

type Stage = 'http-request' | 'tcp-request content'

const groupsByBackend = (table: HttpScope['table']): ReadonlyMap<string, TargetGroupRoute> =>
  new Map(Array.from(table.targetGroups.values(), (group) => [backendName(group.targetGroupArn), group]))

/** Tests of which each says that too few targets are healthy, and what has to come before them. */
const tooFewHealthy = (group: TargetGroupRoute, stage: Stage) => {
  const { targetGroupArn } = group
  const [checked, all] = [backendName(targetGroupArn), openBackendName(targetGroupArn)]
  const { count, percentage } = neededHealth(group)
  const tests = [`{ nbsrv(${checked}) lt ${count} }`]
  if (percentage === 0) return { lines: [], tests, isUsual: count === 1 }
  return {
    lines: [`${stage} set-var(txn.least) nbsrv(${all}),mul(${percentage})`],
    tests: [...tests, `{ nbsrv(${checked}),mul(100),sub(txn.least) lt 0 }`],
    isUsual: false,
  }
}

/** For groups that want more than one healthy target. */
export const thresholdLines = (
  rules: readonly NamedRule[],
  { table }: HttpScope,
  stage: Stage = 'http-request',
): string[] => {
  const arns = new Set(rules.flatMap(({ rule }) => sharesOf(rule).map(({ targetGroupArn }) => targetGroupArn)))
  return [...arns].flatMap((arn) => {
    const group = table.targetGroups.get(arn)
    if (group === undefined) return []
    const { lines, tests, isUsual } = tooFewHealthy(group, stage)
    const chosen = `{ var(txn.backend) -m str ${backendName(arn)} }`
    const change = `${stage} set-var(txn.backend) str(${openBackendName(arn)}) if ${chosen}`
    return isUsual ? [] : [...lines.map((line) => `${line} if ${chosen}`), ...tests.map((test) => `${change} ${test}`)]
  })
}

/** The draw among several target groups: each takes its share of what those before it left. */
export const choiceLines = ({ name, rule }: NamedRule, scope: HttpScope): string[] => {
  const shares = sharesOf(rule)
  if (shares.length < 2) return []
  const isSticky = forwardOf(rule)?.TargetGroupStickinessConfig?.Enabled === true
  const draws = drawsOf(rule, scope).map(({ backend, test }) =>
    `http-request set-var(txn.backend) str(${backend}) if ${isRule(name)} !{ var(txn.backend) -m found } ${test}`.trimEnd(),
  )
  return isSticky ? stickyLines({ name, rule }, scope, draws) : draws
}

/** The last one gets what is left. */
export const drawsOf = (rule: RuleRoute, scope: HttpScope) => {
  const shares = sharesOf(rule)
  return shares.map(({ targetGroupArn, weight }, index) => {
    const left = shares.slice(index).reduce((sum, share) => sum + share.weight, 0)
    const test = index === shares.length - 1 ? '' : `{ rand(${left}) lt ${weight} }`
    return { backend: backendOf(targetGroupArn, scope), test }
  })
}

const stickyLines = (
  { name, rule }: NamedRule,
  { sink, host, listener }: HttpScope,
  draws: readonly string[],
): string[] => {
  const tokens = sharesOf(rule).map(({ targetGroupArn }): readonly [string, string] => [
    createHmac('sha256', host.cookieKey)
      .update(`${rule.ruleArn}\n${targetGroupArn}`)
      .digest('hex')
      .slice(0, TOKEN_LENGTH),
    backendName(targetGroupArn),
  ])
  const known = call('map_str', sink.addFile(`maps/${name}.tokens`, mapFile(tokens)))
  const back = call(
    'map_str',
    sink.addFile(`maps/${name}.groups`, mapFile(tokens.map(([token, backend]) => [backend, token]))),
  )
  const seconds = forwardOf(rule)?.TargetGroupStickinessConfig?.DurationSeconds ?? 1
  const remember = (cookie: string): string =>
    `http-request set-var(txn.backend) ${quoteWord(`req.cook(${cookie}),${known}`)} if ${isRule(name)} !{ var(txn.backend) -m found }`
  return [
    remember(GROUP_COOKIE),
    remember(GROUP_COOKIE_ACROSS_SITES),
    ...draws,
    `http-request set-var(txn.token) ${quoteWord(`var(txn.backend),${back}`)} if ${isRule(name)}`,
    cookieLine(GROUP_COOKIE, '%[var(txn.token)]', seconds, '', isRule(name)),
    cookieLine(GROUP_COOKIE_ACROSS_SITES, '%[var(txn.token)]', seconds, acrossSites(listener.protocol), isRule(name)),
  ]
}

const acrossSites = (protocol: string): string => (protocol === 'HTTPS' ? '; SameSite=None; Secure' : '; SameSite=None')
