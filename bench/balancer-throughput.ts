/**
 * Requests per second and the 99th percentile through a balancer, against the same HAProxy configured by hand as a plain proxy to the same
 * targets: with one rule, with one rule and two targets, and with a hundred rules and TLS. Both have one thread, as the machine's two cores are
 * shared with wrk and the targets. The plain one tells the target who the client is (`option forwardfor`), without which a proxy is of little
 * use; it sends nothing again, traces nothing and refuses nothing.
 */
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { CertificateMaterial, RoutingTable, RuleRoute } from '../src/model/load-balancing/routing.ts'
import { aCertificatePair } from '../test/builders/a-certificate.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from '../test/e2e/loadbalancer/a-route.ts'
import { PROGRAMS } from '../test/e2e/loadbalancer/haproxy-under-test.ts'
import { RunningBalancer, until } from '../test/e2e/loadbalancer/running-balancer.ts'
import { type Answer, comparePairs } from './lib/compare.ts'
import { type Served, startPlainProxy, startTarget } from './lib/proxies.ts'
import { report } from './lib/report.ts'
import { type Ask, askInTurn, type Load, loadBy, type LoadOptions } from './lib/wrk.ts'

const isQuick = process.argv.includes('--quick')
const THREADS = 1
const CONNECTIONS = 64
const SECONDS = isQuick ? 2 : 4
const PAIRS = isQuick ? 5 : 11
const GROUPS = 10
const RULES = 100
const program = PROGRAMS[0] ?? 'haproxy'
/** The protocols' own ports, as most listeners have them. */
const ADDRESS = '127.80.0.1'
const [HTTP_PORT, HTTPS_PORT] = [80, 443]
const loadBalancer = { addresses: [ADDRESS] }

const startBalancer = async (table: RoutingTable): Promise<RunningBalancer> => {
  const running = new RunningBalancer(program, undefined, { threads: THREADS })
  await running.balancer.start()
  await running.serve(table)
  const targets = [...table.targetGroups.values()].flatMap((group) => group.targets)
  await until(() => targets.every(({ key }) => running.health.get(key)?.state === 'healthy'))
  return running
}

/** A quarter each: hosts, paths, hosts and paths, and hosts with wildcards, which are regular expressions. */
const conditionsOf = (number: number): RuleCondition[] => {
  const host: RuleCondition = { Field: 'host-header', HostHeaderConfig: { Values: [`service-${number}.example.com`] } }
  const path: RuleCondition = { Field: 'path-pattern', PathPatternConfig: { Values: [`/api/${number}/*`] } }
  if (number < RULES / 4) return [host]
  if (number < RULES / 2) return [path]
  if (number < (RULES * 3) / 4) return [host, path]
  return [{ Field: 'host-header', HostHeaderConfig: { Values: [`*.tenant-${number}.example.com`] } }]
}

const askFor = (number: number): Ask => ({
  host: number < (RULES * 3) / 4 ? `service-${number}.example.com` : `www.tenant-${number}.example.com`,
  path: `/api/${number}/orders?id=${number}`,
})

const rules: readonly RuleRoute[] = [
  ...Array.from({ length: RULES }, (_, number) =>
    aRuleRoute(number + 1, conditionsOf(number), [forwardTo(`group-${number % GROUPS}`)]),
  ),
  aRuleRoute('default', [], [forwardTo('group-0')]),
]

/** Both sides are asked alike. */
interface Rivals {
  readonly name: string
  readonly atLeast: number
  readonly options: Pick<LoadOptions, 'script'>
  readonly ours: string
  readonly plain: string
}

/** Rates and percentiles of the same pairs. */
const compare = async ({ name, atLeast, options, ours, plain }: Rivals): Promise<Answer[]> => {
  const loads = new Map<string, Load[]>([
    [ours, []],
    [plain, []],
  ])
  const sample = async (url: string): Promise<number> => {
    const load = await loadBy({ ...options, url, connections: CONNECTIONS, seconds: SECONDS })
    loads.get(url)?.push(load)
    return load.requestsPerSecond
  }
  const common = { rivalName: 'HAProxy configured by hand', pairs: PAIRS }
  const rates = await comparePairs({
    ...common,
    question: `${name}: requests through the balancer`,
    unit: 'per second',
    ours: () => sample(ours),
    rival: () => sample(plain),
    goal: { atLeast },
  })
  const p99Of = (url: string) => () => loads.get(url)?.shift()?.p99Ms ?? Number.NaN
  const percentiles = await comparePairs({
    ...common,
    question: `${name}: 99th percentile meanwhile`,
    unit: 'ms',
    ours: p99Of(ours),
    rival: p99Of(plain),
    goal: { atMost: Number((1 / atLeast).toFixed(2)) },
  })
  return [rates, percentiles]
}

const oneRule = async (name: string, targets: readonly Served[]): Promise<Answer[]> => {
  const targetPorts = targets.map(({ port }) => port)
  const groups = [
    aGroupRoute(
      'web',
      targetPorts.map((port) => aTargetRoute(port)),
    ),
  ]
  const balancer = await startBalancer(
    aRoutingTable({ port: HTTP_PORT, loadBalancer, groups, rules: [aRuleRoute('default', [], [forwardTo('web')])] }),
  )
  const plain = await startPlainProxy({ program, threads: THREADS, targetPorts })
  try {
    return await compare({
      name,
      atLeast: 0.97,
      options: {},
      ours: `http://${ADDRESS}/`,
      plain: `http://127.0.0.1:${plain.port}/`,
    })
  } finally {
    await plain.stop()
    await balancer.stop()
  }
}

const CERTIFICATE_ARN = 'arn:aws:acm:us-east-1:000000000000:certificate/12345678-1234-4234-8234-123456789012'

const hundredRules = async (target: Served): Promise<Answer[]> => {
  const { certificate, chain, key } = await aCertificatePair({ now: Date.now(), names: ['*.example.com'] })
  const whole = `${certificate}\n${chain}\n`
  const material: CertificateMaterial = {
    certificateArn: CERTIFICATE_ARN,
    domainNames: ['*.example.com'],
    chain: whole,
    privateKey: key,
  }
  const balancer = await startBalancer(
    aRoutingTable({
      port: HTTPS_PORT,
      loadBalancer,
      rules,
      groups: Array.from({ length: GROUPS }, (_, number) =>
        aGroupRoute(`group-${number}`, [aTargetRoute(target.port)]),
      ),
      certificates: [material],
      listener: { protocol: 'HTTPS', sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' },
    }),
  )
  const plain = await startPlainProxy({
    program,
    threads: THREADS,
    targetPorts: [target.port],
    certificate: `${whole}${key}\n`,
  })
  try {
    const options = { script: askInTurn(Array.from({ length: RULES }, (_, number) => askFor(number))) }
    return await compare({
      name: `${RULES} rules, TLS`,
      atLeast: 0.9,
      options,
      ours: `https://${ADDRESS}/`,
      plain: `https://127.0.0.1:${plain.port}/`,
    })
  } finally {
    await plain.stop()
    await balancer.stop()
  }
}

const [target, another] = [await startTarget(), await startTarget()]
try {
  report([
    ...(await oneRule('one rule, HTTP', [target])),
    // With another target there, the balancer keeps what it may have to send to that one.
    ...(await oneRule('one rule, two targets, HTTP', [target, another])),
    ...(await hundredRules(target)),
  ])
} finally {
  await target.stop()
  await another.stop()
}
