/**
 * What serves in a balancer, without the connection to the control plane: it is told a large routing table, then what its parent wants to know.
 *
 *     node serving-server.ts <directory> <program> <load balancers> <groups> <port of targets>
 *
 * Reads a word a line and answers with JSON: `target` and `rule` tell it a change, and say how long that took and what it cost here; `memory`;
 * `processor`; `healthy`, how many targets are.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { BalancerClient } from '../../src/agentlink/balancer-client.ts'
import { itemsOf, ReceivedTable, type TableChange } from '../../src/agentlink/received-table.ts'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { silentLog } from '../../src/kit/log.ts'
import type { BalancerMessage, RoutingItem } from '../../src/model/load-balancing/messages.ts'
import { Serving } from '../../src/roles/balancer/serving.ts'
import { versionOf } from '../../test/e2e/loadbalancer/haproxy-under-test.ts'
import { aGroup, aLargeLoadBalancer, aLargeTable, aTarget, targetsOf } from './large-routing.ts'

const [directory = '', program = '', loadBalancers, groups, port] = process.argv.slice(2)
const size = { loadBalancers: Number(loadBalancers), groups: Number(groups), port: Number(port) }
const welcome = { cookieKey: 'a key for benches', suffix: 'elb.localhost' }
const healthy = new Set<string>()
let onApplied: (revision: number) => void = () => {}

const received = (message: BalancerMessage): boolean => {
  if (message.type === 'applied') onApplied(message.revision)
  if (message.type === 'targetHealth')
    for (const { targetGroupArn, target, state } of message.reports)
      if (state === 'healthy') healthy.add(`${targetGroupArn}/${target}`)
  return true
}

const serving = new Serving({
  directory,
  program,
  version: versionOf(program),
  pool: undefined,
  clock: new SystemClock(),
  ids: new SystemIds(),
  log: silentLog,
})
serving.reportTo({ send: received, stop: () => {} } as unknown as BalancerClient)
const table = new ReceivedTable()
let revision = 0

const tell = async (changes: readonly TableChange[]): Promise<void> => {
  const told = ++revision
  const applied = new Promise<void>((resolve) => {
    onApplied = (served) => {
      if (served >= told) resolve()
    }
  })
  for (const change of changes) table.apply(change)
  serving.told({ ...table.complete(), revision: told, welcome })
  await applied
}

const processorMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const measured = async (item: RoutingItem): Promise<object> => {
  const [begunAt, before] = [performance.now(), processorMs()]
  await tell([{ type: 'set', item }])
  const elapsedMs = performance.now() - begunAt
  // What follows from it, too.
  await new Promise((resolve) => setImmediate(resolve))
  return { elapsedMs, processorMs: processorMs() - before }
}

let turn = 0
let more = aGroup(0, size.port)

const answers: Readonly<Record<string, () => object | Promise<object>>> = {
  target: () => {
    more = { ...more, targets: [...more.targets, aTarget(targetsOf(size) + turn++, size.port)] }
    return measured({ kind: 'targetGroup', key: more.targetGroupArn, value: more })
  },
  rule: () => {
    const value = aLargeLoadBalancer(0, size, ++turn)
    return measured({ kind: 'loadBalancer', key: value.loadBalancerArn, value })
  },
  memory: () => ({ bytes: process.memoryUsage().rss }),
  processor: () => ({ processorMs: processorMs() }),
  healthy: () => ({ targets: healthy.size }),
}

await serving.start()
await tell(Array.from(itemsOf(aLargeTable(size)), (item) => ({ type: 'set', item })))
console.log(JSON.stringify({ processId: process.pid }))
const input = createInterface(process.stdin)
for await (const word of input) console.log(JSON.stringify(await answers[word]?.()))
await serving.close()
// HAProxy would serve on.
process.kill(Number(readFileSync(path.join(directory, 'haproxy', 'haproxy.pid'), 'utf8')))
process.exit(0)
