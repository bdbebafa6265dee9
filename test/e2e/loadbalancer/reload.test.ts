/** What a reload does to connections that clients have kept, at the worker that was there before. */
import { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { answerWith, aRoutingTable, aRuleRoute } from './a-route.ts'
import { ask } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

const CONNECTIONS = 20
/** Longer than HAProxy takes to look after connections that are not in use. */
const IDLE_MS = 1500

it.each(PROGRAMS)('they end with the next answer, which says so, and never before, by %s', async (program) => {
  const port = await freePort()
  const table = aRoutingTable({ port, rules: [aRuleRoute('default', [], [answerWith('here')])] })
  const haproxy = await HaproxyUnderTest.start(program, table, [port])
  const kept = Array.from({ length: CONNECTIONS }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  const askAll = (): Promise<string[]> =>
    Promise.all(
      kept.map(async (agent) => {
        const { body, headers } = await ask({ port, agent })
        return `${body} ${headers.connection ?? 'keep-alive'}`
      }),
    )
  try {
    const before = await askAll()
    haproxy.retire()
    await delay(IDLE_MS)
    const after = await askAll()
    expect(new Set(before)).toEqual(new Set(['here keep-alive']))
    expect(new Set(after)).toEqual(new Set(['here close']))
  } finally {
    for (const agent of kept) agent.destroy()
    await haproxy.stop()
  }
})
