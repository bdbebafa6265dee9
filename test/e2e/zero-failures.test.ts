/**
 * Goal: whatever is done to a service, to its hosts, to the control plane or to the load balancer, not one request fails or is cut.
 *
 * Method: real engines, `longshore up`, HAProxy, and constant traffic of every kind that clients send (test/e2e/zero-failures/traffic.ts), nothing of
 * which is sent twice by the client but what HTTP/2 says was not looked at. Each test does something to the site, makes sure that it really happened, and asks which requests have failed
 * since the test before. Only where a container or HAProxy itself is killed may that cut what no proxy could send again.
 *
 * ZERO_FAILURE_RUNS sets how often it is done, ZERO_FAILURE_SLOW_SECONDS how long slow answers take; `npm run soak` does it ten times with 30 seconds.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Task } from '@aws-sdk/client-ecs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from './longshore.ts'
import { CONVERGE_TIMEOUT_MS, Site } from './zero-failures/site.ts'
import { type Failure, SHOP } from './zero-failures/traffic.ts'

const RUNS = Number(process.env['ZERO_FAILURE_RUNS'] ?? 1)
const SLOW_MS = Number(process.env['ZERO_FAILURE_SLOW_SECONDS'] ?? 2) * 1000
const RULE_CHANGES = 200
const RULE_CHANGE_EVERY_MS = 20
/** At least, of so many changes: the more workers finish what they have, the more changes go into one. */
const RELOADS = 3
/** Far less than new tasks need. Most of it is the time in which answers are looked at. */
const ROLL_BACK_MS = 10_000
/** A fifth of a second where nothing else goes on (test/e2e/loadbalancer/balancer.test.ts). */
const BACK_MS = 5000
/** Until HAProxy has seen that connections to a container ended. */
const NOTICED_MS = 500
/** Of requests. */
const KINDS = 17
/** What a client may not send again by itself, and what had begun to be answered. */
const NOT_REPEATABLE = /POST|^stream|^WebSocket/

/** Those alike in one line. */
const summary = (failures: readonly Failure[]): string => {
  const alike = Map.groupBy(failures, ({ kind, cause }) => `${kind}: ${cause}`)
  const first = failures[0]?.endedAt ?? 0
  return [...alike]
    .map(([what, all]) => {
      const seconds = all.map(({ endedAt }) => ((endedAt - first) / 1000).toFixed(2))
      return `${all.length} of ${what} (second ${seconds[0]} to ${seconds.at(-1)})`
    })
    .join('\n')
}

const arnOf = ({ taskArn = '' }: Task): string => taskArn
/** As containers call themselves. */
const containersOf = (tasks: readonly Task[]): Set<string> =>
  new Set(tasks.map(({ containers: [container] = [] }) => container?.runtimeId?.slice(0, 12) ?? ''))

describe.each(Array.from({ length: RUNS }, (_, run) => run + 1))('no request fails (run %i)', (run) => {
  let site: Site
  let known = 0
  let backMs = 0

  beforeAll(async () => {
    site = await Site.start({ slowMs: SLOW_MS })
    site.traffic.start()
    await delay(SLOW_MS + 1000)
  }, CONVERGE_TIMEOUT_MS * 2)

  afterAll(async () => {
    await site?.stop()
  }, CONVERGE_TIMEOUT_MS)

  beforeEach(({ task }) => {
    site.traffic.during = task.name
  })

  /** What is under way when something is over may have been broken by it. */
  afterEach(async ({ task }) => {
    await delay(500)
    const failures = site.traffic.failures.slice(known)
    known += failures.length
    if (failures.length === 0) return
    // At once: of ten runs, the end is an hour away.
    process.stdout.write(`run ${run}, ${task.name}: ${summary(failures)}\n`)
    throw new Error(summary(failures))
  }, CONVERGE_TIMEOUT_MS)

  const timeout = CONVERGE_TIMEOUT_MS * 3

  /** Versions, or containers, whose answers come at that path. */
  const answering = async (what: 'version' | 'container', path = '/'): Promise<Set<string>> => {
    const seen = await site.traffic.observe()
    const fields = [...seen].map((each) => each.split(' ')).filter(([at]) => at === path)
    return new Set(fields.map(([, version = '', container = '']) => (what === 'version' ? version : container)))
  }

  const onlyVersion = (version: string, path = '/'): Promise<unknown> =>
    until(`answers of version ${version} alone`, async () => {
      expect(await answering('version', path)).toEqual(new Set([version]))
      return true
    })

  const allTasksAnswer = (): Promise<unknown> =>
    until('answers of all tasks', async () => {
      expect(await answering('container')).toEqual(containersOf(await site.tasks('web')))
      return true
    })

  const another = async (role: 'server' | 'agent' | 'balancer'): Promise<void> => {
    const killed = site.longshore.processId(role)
    expect(killed).toBeDefined()
    site.longshore.kill(role)
    await until(`another ${role}`, () => ![killed, undefined].includes(site.longshore.processId(role)))
  }

  const scaleTo = async (desiredCount: number): Promise<void> => {
    await site.update('web', { desiredCount })
    await site.steady('web', desiredCount)
    await allTasksAnswer()
  }

  it('while six tasks are replaced', { timeout }, async () => {
    const before = (await site.tasks('web')).map(arnOf)
    await site.roll('web', '2')
    await site.steady('web', 6)
    const after = (await site.tasks('web')).map(arnOf)
    expect(after.filter((arn) => before.includes(arn))).toEqual([])
    await onlyVersion('2')
    await allTasksAnswer()
  })

  it('while tasks are replaced, and whoever does it is killed', { timeout }, async () => {
    const haproxy = await site.haproxy()
    await site.roll('web', '3')
    for (const role of ['server', 'agent', 'balancer', 'server'] as const) {
      await delay(1500)
      await another(role)
    }
    await site.steady('web', 6)
    await onlyVersion('3')
    expect((await site.haproxy()).processId).toBe(haproxy.processId)
  })

  it('while the service shrinks and grows', { timeout }, async () => {
    for (const count of [2, 8, 2]) {
      await scaleTo(count)
      expect(await site.targetHealth('web')).toHaveLength(count)
    }
  })

  it('while a host is drained', { timeout }, async () => {
    const containerInstances = [await site.instance('first')]
    await site.ecs.updateContainerInstancesState({ containerInstances, status: 'DRAINING' })
    const onIt = async (): Promise<Task[]> =>
      (await site.tasks('web')).filter(({ containerInstanceArn }) => containerInstanceArn === containerInstances[0])
    expect(await onIt()).not.toEqual([])
    await until('no task of the service on it', async () => (await onIt()).length === 0, CONVERGE_TIMEOUT_MS)
    await site.steady('web', 2)
    await site.ecs.updateContainerInstancesState({ containerInstances, status: 'ACTIVE' })
    await allTasksAnswer()
  })

  it('while a task is stopped', { timeout }, async () => {
    const [before] = await site.tasks('web')
    await site.ecs.stopTask({ task: before?.taskArn })
    expect((await site.ended(before))?.stoppedReason).toBe('Task stopped by user')
    await site.steady('web', 2)
    await allTasksAnswer()
  })

  it('while all traffic is shifted to another version, back, and there again', { timeout }, async () => {
    const old = [...(await answering('version', `${SHOP}/`))][0] ?? ''
    const { currentServiceDeployment } = await site.shift('5', 10)
    await onlyVersion('5', `${SHOP}/`)
    const beganAt = performance.now()
    await site.ecs.stopServiceDeployment({ serviceDeploymentArn: currentServiceDeployment, stopType: 'ROLLBACK' })
    await onlyVersion(old, `${SHOP}/`)
    expect(performance.now() - beganAt).toBeLessThan(ROLL_BACK_MS)
    await until('the end of the new version', async () => (await site.tasks('shop')).length === 2, CONVERGE_TIMEOUT_MS)
    await site.shift('6', 0)
    await site.steady('shop', 2, 'green')
    await onlyVersion('6', `${SHOP}/`)
  })

  it('while rules change 200 times', { timeout }, async () => {
    const before = await site.haproxy()
    const { RuleArn } = await site.createRule(100, '/turn', 'turn 0')
    for (let turn = 1; turn <= RULE_CHANGES; turn++) {
      await site.elb.modifyRule({
        RuleArn,
        Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: `turn ${turn}` } }],
      })
      await delay(RULE_CHANGE_EVERY_MS)
    }
    await until('the last one', async () => (await site.ask('/turn')) === `200 turn ${RULE_CHANGES}`)
    const after = await site.haproxy()
    expect(after.processId).toBe(before.processId)
    expect(after.reloads - before.reloads).toBeGreaterThanOrEqual(RELOADS)
  })

  it('but what could not be sent again, when a container is killed', { timeout }, async () => {
    const [before] = await site.tasks('web')
    await site.traffic.excusing(NOT_REPEATABLE, async () => {
      await site.killContainer(before?.containers?.[0]?.runtimeId ?? '')
      await delay(NOTICED_MS)
    })
    expect((await site.ended(before))?.containers).toMatchObject([{ exitCode: 137 }])
    await site.steady('web', 2)
    await allTasksAnswer()
  })

  it('but what was under way, when HAProxy is killed', { timeout }, async () => {
    const [before, targets] = [await site.haproxy(), await site.targetHealth('web')]
    await site.traffic.excusing(/./, async () => {
      process.kill(before.processId, 'SIGKILL')
      const killedAt = performance.now()
      // What it leaves answers for a moment before it ends, too.
      await until('another', async () => (await site.haproxy()).processId !== before.processId)
      await until('it to be back', async () => (await site.ask('/')).startsWith('200 '))
      backMs = Math.round(performance.now() - killedAt)
    })
    expect(backMs).toBeLessThan(BACK_MS)
    expect((await site.haproxy()).processId).not.toBe(before.processId)
    expect(await site.targetHealth('web')).toEqual(targets)
    await allTasksAnswer()
  })

  it('out of many', { timeout }, async () => {
    await delay(1000)
    await site.traffic.stop()
    const { answered, excused, total, refused } = site.traffic
    const cut = `${excused.length} cut where that may be, ${refused} refused unseen and sent again`
    process.stdout.write(`run ${run}: ${total} answered, ${known} failed, ${cut}; HAProxy back after ${backMs} ms\n`)
    process.stdout.write(`${JSON.stringify(answered)}\n`)
    expect(Object.keys(answered)).toHaveLength(KINDS)
    expect(total).toBeGreaterThan(10_000)
  })
})
