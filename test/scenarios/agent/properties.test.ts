/**
 * Whatever happens to an agent and in whatever order (tasks and stops arrive, containers exit, the runtime fails, goes away or loses
 * events, the agent is killed, the control plane is away), when things calm down everything is as it should be.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dependenciesOf } from '../../../src/agent/engine/dependencies.ts'
import { isStopped } from '../../../src/agent/engine/task.ts'
import type { EngineTask } from '../../../src/agent/engine/task.ts'
import type { PayloadContainer, PayloadTask } from '../../../src/agentlink/acs-messages.ts'
import { aPayloadContainer, aPayloadTask, aTaskArn } from '../../builders/a-payload-task.ts'
import type { FakeCall } from '../../fakes/fake-runtime.ts'
import { AgentWorld } from './agent-world.ts'

const NAMES = ['a', 'b', 'c'] as const
const TASKS = 4
const LONGEST_CALL_MS = 100

/** Containers that may depend on those before them. */
const containers: fc.Arbitrary<PayloadContainer[]> = fc
  .array(
    fc.record({
      essential: fc.boolean(),
      condition: fc.constantFrom('START', 'COMPLETE', 'SUCCESS', undefined),
      on: fc.nat(),
      isRestarting: fc.boolean(),
    }),
    { minLength: 1, maxLength: NAMES.length },
  )
  .map((shapes) =>
    shapes.map(({ essential, condition, on, isRestarting }, index) => {
      const dependency = NAMES[on % Math.max(1, index)]
      return aPayloadContainer({
        name: NAMES[index] ?? 'a',
        essential: essential || index === 0,
        ...(condition && index > 0 && { dependsOn: [{ containerName: dependency ?? 'a', condition }] }),
        ...(isRestarting && { restartPolicy: { enabled: true, restartAttemptPeriod: 60 } }),
      })
    }),
  )

const CALLS: readonly FakeCall[] = ['create', 'start', 'stop', 'inspect', 'list', 'remove']

type Event =
  | { readonly kind: 'send' | 'stop'; readonly task: number }
  | { readonly kind: 'exit'; readonly container: number; readonly exitCode: number }
  | {
      readonly kind: 'fail'
      readonly call: FakeCall
      readonly error: 'refused' | 'timeout' | 'unreachable'
      readonly when: 'before' | 'after'
    }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'kill' | 'engine-down' | 'engine-up' | 'deaf' | 'control-away' | 'control-back' }

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('send' as const, 'stop' as const), task: fc.nat(TASKS - 1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('exit' as const),
      container: fc.nat(),
      exitCode: fc.constantFrom(0, 1, 137),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('fail' as const),
      call: fc.constantFrom(...CALLS),
      error: fc.constantFrom('refused' as const, 'timeout' as const, 'unreachable' as const),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(10, 50, 1000, 70_000) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'kill' as const,
        'engine-down' as const,
        'engine-up' as const,
        'deaf' as const,
        'control-away' as const,
        'control-back' as const,
      ),
    }),
  },
)

/** What the control plane knows: which tasks it has sent, and to which of them it wants an end. */
interface Wanted {
  readonly tasks: readonly PayloadTask[]
  readonly sent: Set<number>
  readonly stopped: Set<number>
}

const isOver = (world: AgentWorld, task: number): boolean =>
  world.control.statusesOf(aTaskArn(task)).includes('STOPPED')

const happen = async (world: AgentWorld, wanted: Wanted, what: Event): Promise<void> => {
  switch (what.kind) {
    case 'send':
      wanted.sent.add(what.task)
      return say(world, wanted, what.task)
    case 'stop':
      if (wanted.sent.has(what.task)) wanted.stopped.add(what.task)
      return say(world, wanted, what.task)
    case 'exit': {
      const running = (await world.runtime.containers()).filter(({ status }) => status === 'running')
      const chosen = running[what.container % Math.max(1, running.length)]
      if (chosen !== undefined) world.runtime.exit(chosen.id, what.exitCode)
      return
    }
    case 'fail':
      return world.runtime.failNext(what.call, what.error, 'told to', what.when)
    case 'wait':
      return world.advance(what.ms)
    case 'kill':
      return world.restart()
    case 'engine-down':
      return world.runtime.goDown()
    case 'engine-up':
      return world.runtime.comeBack()
    case 'deaf':
      return world.runtime.loseEvents(true)
    case 'control-away':
      world.control.isAway = true
      return
    case 'control-back':
      world.control.isAway = false
  }
}

/** A task, or that it shall stop, as long as its end is not known. */
const say = async (world: AgentWorld, { tasks, sent, stopped }: Wanted, task: number): Promise<void> => {
  const payload = tasks[task]
  if (payload === undefined || !sent.has(task) || isOver(world, task)) return
  await world.send(stopped.has(task) ? { arn: payload.arn, desiredStatus: 'STOPPED' } : payload)
}

const calmDown = async (world: AgentWorld, wanted: Wanted): Promise<void> => {
  world.runtime.forgetFailures()
  world.runtime.comeBack()
  world.runtime.loseEvents(false)
  world.control.isAway = false
  await world.advance(1000)
  for (const task of wanted.sent) await say(world, wanted, task)
  await world.advance(11 * 60_000)
  for (const task of wanted.sent) await say(world, wanted, task)
  await world.advance(60_000)
}

const expectOrder = async (world: AgentWorld, wanted: Wanted): Promise<void> => {
  const tasks = [...world.agent.tasks()]
  const known = new Map(
    tasks.flatMap((task) => task.containers.map((container) => [container.dockerName, { task, container }])),
  )
  for (const { name, status } of await world.runtime.containers()) {
    const owner = known.get(name)
    expect(owner, `${name} belongs to a task`).toBeDefined()
    expect(status === 'running', `${name} runs as its record says`).toBe(owner?.container.knownStatus === 'RUNNING')
    expect(world.runtime.startsOf(name), `${name} was started as often as counted`).toBeLessThanOrEqual(
      1 + (owner?.container.restartCount ?? 0),
    )
  }
  for (const task of tasks) expectTask(world, task)
  for (const task of wanted.stopped) expect(world.control.statusesOf(aTaskArn(task)).at(-1)).toBe('STOPPED')
}

const expectTask = (world: AgentWorld, task: EngineTask): void => {
  const reported = world.control.statusesOf(task.arn)
  if (isStopped(task)) expect(reported.at(-1)).toBe('STOPPED')
  expect(reported.filter((status) => status === 'STOPPED').length).toBeLessThanOrEqual(1)
  const isEnding = task.containers.some(
    ({ definition, knownStatus }) => definition.essential && knownStatus === 'STOPPED',
  )
  if (isEnding) expect(task.knownStatus).toBe('STOPPED')
  for (const container of task.containers.filter(({ startedAt }) => startedAt !== undefined)) {
    for (const { containerName } of dependenciesOf(container)) {
      const dependency = task.containers.find(({ definition }) => definition.name === containerName)
      expect(dependency?.startedAt, 'a dependency starts first').toBeLessThanOrEqual(container.startedAt ?? 0)
    }
  }
}

describe('whatever happens', () => {
  it('everything is in order when things calm down', async () => {
    const run = async (seed: number, shapes: PayloadContainer[][], events: readonly Event[]): Promise<void> => {
      const world = new AgentWorld({ seed })
      world.runtime.latencyMs = () => Math.floor(world.ids.random() * LONGEST_CALL_MS)
      await world.start()
      const tasks = shapes.map((shape, index) => aPayloadTask({ arn: aTaskArn(index), containers: shape }))
      const wanted: Wanted = { tasks, sent: new Set(), stopped: new Set() }
      for (const what of events) {
        await happen(world, wanted, what)
        await world.rest()
      }
      await calmDown(world, wanted)
      await expectOrder(world, wanted)
    }
    const histories = fc.asyncProperty(
      fc.integer({ min: 1 }),
      fc.array(containers, { minLength: TASKS, maxLength: TASKS }),
      fc.array(event, { maxLength: 40 }),
      run,
    )
    await expect(fc.assert(histories, { numRuns: 300 })).resolves.toBeUndefined()
  })
})
