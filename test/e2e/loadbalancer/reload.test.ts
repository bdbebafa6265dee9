/** What a reload does to connections that clients have kept, at the worker that was there before. */
import { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from './a-route.ts'
import { ask, EchoTarget } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

const CONNECTIONS = 20
/** Longer than HAProxy takes to look after connections that are not in use. */
const IDLE_MS = 1500
const PATH = [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/other'] } }]

const CHOICES = ['one group', 'several rules'] as const
const CASES = PROGRAMS.flatMap((program) => CHOICES.map((choice) => [choice, program] as const))

it.each(CASES)('they end with the next answer, which says so, and never before (%s, %s)', async (choice, program) => {
  const [port, target] = [await freePort(), await EchoTarget.start('here')]
  const groups = [aGroupRoute('web', [aTargetRoute(target.port)])]
  const others = choice === 'one group' ? [] : [aRuleRoute(1, PATH, [forwardTo('web')])]
  const rules = [...others, aRuleRoute('default', [], [forwardTo('web')])]
  const haproxy = await HaproxyUnderTest.start(program, aRoutingTable({ port, rules, groups }), [port])
  const kept = Array.from({ length: CONNECTIONS }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  const askAll = (): Promise<string[]> =>
    Promise.all(
      kept.map(async (agent) => {
        const { status, headers } = await ask({ port, agent })
        return `${status} ${headers.connection ?? 'keep-alive'}`
      }),
    )
  try {
    const before = await askAll()
    haproxy.retire()
    await delay(IDLE_MS)
    const after = await askAll()
    expect(new Set(before)).toEqual(new Set(['200 keep-alive']))
    expect(new Set(after)).toEqual(new Set(['200 close']))
  } finally {
    for (const agent of kept) agent.destroy()
    await haproxy.stop()
    await target.stop()
  }
})
