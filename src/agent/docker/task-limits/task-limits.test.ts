import { mkdirSync, mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { PayloadTask } from '../../../agentlink/acs-messages.ts'
import { SeededIds } from '../../../kit/ids.ts'
import { silentLog } from '../../../kit/log.ts'
import { loadAgentConfig } from '../../config.ts'
import { acceptTask } from '../../engine/accept.ts'
import type { EngineTask } from '../../engine/task.ts'
import type { RuntimeInfo } from '../../runtime.ts'
import { ControlGroups } from './control-groups.ts'
import { limitsOf } from './limits.ts'
import { propertiesOf, SystemdSlices } from './systemd-slices.ts'
import { openTaskLimits } from './task-limits.ts'

const root = mkdtempSync(join(tmpdir(), 'cgroup-'))
afterAll(() => rmSync(root, { recursive: true }))

const SETTINGS = { cgroupCpuPeriodMs: 100, taskPidsLimit: 64 }

const aTask = (changes: Partial<PayloadTask> = {}, memory = 0): EngineTask =>
  acceptTask(
    {
      arn: 'arn:aws:ecs:us-east-1:000000000000:task/default/0a1b',
      desiredStatus: 'RUNNING',
      containers: [100, 0].map((cpu, index) => ({
        name: `c${index}`,
        image: 'i',
        containerArn: '',
        cpu,
        memory,
        essential: true,
        overrides: '{}',
        dockerConfig: {},
      })),
      ...changes,
    },
    0,
    new SeededIds(1),
  )

describe('limits of a task', () => {
  it('are a quota of CPU time and a number of bytes', () => {
    expect(limitsOf(aTask({ cpu: 0.25, memory: 512 }), SETTINGS)).toEqual({
      cpuPeriodMicroseconds: 100_000,
      cpuQuotaMicroseconds: 25_000,
      memoryBytes: 512 * 1024 * 1024,
      pids: 64,
    })
  })

  it('are the containers’ shares for a task without CPU', () => {
    expect(limitsOf(aTask(), { cgroupCpuPeriodMs: 50 })).toEqual({ cpuPeriodMicroseconds: 50_000, cpuShares: 102 })
  })

  it('cannot be less than a container’s own', () => {
    expect(() => limitsOf(aTask({ memory: 256 }, 300), SETTINGS)).toThrow('more than the task')
  })
})

describe('control groups', () => {
  const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')

  it('of version 1 stand in each hierarchy, and go with the task', async () => {
    for (const controller of ['cpu', 'memory', 'pids']) mkdirSync(join(root, controller))
    const task = aTask({ cpu: 1.5, memory: 64 })
    const groups = await ControlGroups.open(root, '1', SETTINGS)
    expect(groups.parent(task.arn)).toBe('/ecs/0a1b')
    await groups.apply(task)
    await groups.apply(task)
    expect(read('cpu/ecs/0a1b/cpu.cfs_quota_us')).toBe('150000')
    expect(read('memory/ecs/0a1b/memory.limit_in_bytes')).toBe(String(64 * 1024 * 1024))
    expect(read('pids/ecs/0a1b/pids.max')).toBe('64')
    // The kernel's files go with their directory; these do not.
    for (const controller of ['cpu', 'memory', 'pids']) {
      rmSync(join(root, controller, 'ecs/0a1b'), { recursive: true })
      mkdirSync(join(root, controller, 'ecs/0a1b'))
    }
    await groups.remove(task.arn)
    await groups.remove(task.arn)
    expect(existsSync(join(root, 'memory/ecs/0a1b'))).toBe(false)
  })

  it('of version 2 stand once', async () => {
    const directory = mkdtempSync(join(root, 'unified-'))
    const groups = await ControlGroups.open(directory, '2', { cgroupCpuPeriodMs: 100 })
    await groups.apply(aTask({ memory: 64 }))
    const file = (name: string) => readFileSync(join(directory, 'ecs/0a1b', name), 'utf8')
    expect(file('cpu.max')).toBe('max 100000')
    expect(file('cpu.weight')).toBe('4')
    expect(file('memory.max')).toBe(String(64 * 1024 * 1024))
    expect(file('pids.max')).toBe('max')
  })
})

describe('systemd slices', () => {
  const recording = (failure?: string) => {
    const commands: string[] = []
    const run = (program: string, parameters: readonly string[]) => {
      commands.push([program, ...parameters].join(' '))
      return commands.length > 1 && failure !== undefined ? Promise.reject(new Error(failure)) : Promise.resolve()
    }
    return { commands, run }
  }

  it('are transient units with the limits as properties', async () => {
    const { commands, run } = recording()
    const slices = await SystemdSlices.open('2', SETTINGS, run)
    expect(slices.parent(aTask().arn)).toBe('ecstasks-0a1b.slice')
    await slices.apply(aTask({ cpu: 0.5, memory: 1 }))
    await slices.remove(aTask().arn)
    expect(commands).toEqual([
      'systemctl start ecstasks.slice',
      'busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager StartTransientUnit ' +
        'ssa(sv)a(sa(sv)) ecstasks-0a1b.slice fail 5 Description s Amazon ECS task CPUQuotaPeriodUSec t 100000 ' +
        'CPUQuotaPerSecUSec t 500000 MemoryMax t 1048576 TasksMax t 64 0',
      'systemctl stop ecstasks-0a1b.slice',
    ])
  })

  it('have the names of the older version where that runs', () => {
    const names = propertiesOf({ cpuPeriodMicroseconds: 1, cpuShares: 2, memoryBytes: 3 }, '1').map(([name]) => name)
    expect(names).toEqual(['Description', 'CPUQuotaPeriodUSec', 'CPUShares', 'MemoryLimit'])
  })

  it('may be there already, or be gone already', async () => {
    const existing = await SystemdSlices.open('2', SETTINGS, recording('Unit ecstasks-0a1b.slice already exists.').run)
    await existing.apply(aTask())
    const gone = await SystemdSlices.open('2', SETTINGS, recording('Unit ecstasks-0a1b.slice not loaded.').run)
    await gone.remove(aTask().arn)
    const broken = await SystemdSlices.open('2', SETTINGS, recording('Access denied').run)
    await expect(broken.apply(aTask())).rejects.toThrow('Access denied')
  })
})

describe('where control groups cannot be made', () => {
  const info = { cgroupVersion: '1', cgroupDriver: 'cgroupfs' } as RuntimeInfo
  const config = (setting?: string) =>
    loadAgentConfig({ ECS_CGROUP_PATH: '/proc/no-such-place', ECS_ENABLE_TASK_CPU_MEM_LIMIT: setting }).config

  it('limits are off, unless they were asked for', async () => {
    expect(await openTaskLimits(config(), info, silentLog)).toBeUndefined()
    expect(await openTaskLimits(config('false'), info, silentLog)).toBeUndefined()
    await expect(openTaskLimits(config('true'), info, silentLog)).rejects.toThrow('ECS_ENABLE_TASK_CPU_MEM_LIMIT')
  })
})
