/**
 * Task limits through systemd, for engines whose cgroup driver is `systemd`: a transient slice `ecstasks-<task id>.slice` per task,
 * asked for over systemd's bus with `busctl`.
 * https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.systemd1.html (StartTransientUnit)
 */
import { execFile } from 'node:child_process'
import { util } from '../../../kit/node.ts'
import { resourceId } from '../../../model/arn.ts'
import type { EngineTask } from '../../engine/task.ts'
import { cpuWeight } from './control-groups.ts'
import { type Limits, limitsOf, type LimitSettings } from './limits.ts'
import type { CgroupLimits } from './task-limits.ts'

export type RunCommand = (program: string, parameters: readonly string[]) => Promise<unknown>

const COMMAND_TIMEOUT_MS = 30_000

const run: RunCommand = (program, parameters) =>
  util.promisify(execFile)(program, [...parameters], { timeout: COMMAND_TIMEOUT_MS })

const MANAGER = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager']

/** Name, D-Bus type and value. */
type Property = readonly [name: string, type: string, value: string]

export class SystemdSlices implements CgroupLimits {
  readonly #version: '1' | '2'
  readonly #settings: LimitSettings
  readonly #run: RunCommand

  private constructor(version: '1' | '2', settings: LimitSettings, runCommand: RunCommand) {
    this.#version = version
    this.#settings = settings
    this.#run = runCommand
  }

  /** Rejects where systemd does not answer this process. */
  static async open(version: '1' | '2', settings: LimitSettings, runCommand: RunCommand = run): Promise<SystemdSlices> {
    await runCommand('systemctl', ['start', 'ecstasks.slice'])
    return new SystemdSlices(version, settings, runCommand)
  }

  parent(taskArn: string): string {
    return sliceOf(taskArn)
  }

  async apply(task: EngineTask): Promise<void> {
    const slice = sliceOf(task.arn)
    const properties = propertiesOf(limitsOf(task, this.#settings), this.#version)
    const signature = 'ssa(sv)a(sa(sv))'
    const listed = [String(properties.length), ...properties.flat()]
    // The last argument is an empty list of further units.
    const call = ['call', ...MANAGER, 'StartTransientUnit', signature, slice, 'fail', ...listed, '0']
    await this.#runUnless(/already exists|already loaded/, 'busctl', call)
  }

  async remove(taskArn: string): Promise<void> {
    await this.#runUnless(/not loaded/, 'systemctl', ['stop', sliceOf(taskArn)])
  }

  /** Runs a command that may find its work done already and then says so. */
  async #runUnless(done: RegExp, program: string, parameters: readonly string[]): Promise<void> {
    try {
      await this.#run(program, parameters)
    } catch (error) {
      if (!(error instanceof Error && done.test(error.message))) throw error
    }
  }
}

const sliceOf = (taskArn: string): string => `ecstasks-${resourceId(taskArn)}.slice`

const MICROSECONDS_PER_SECOND = 1_000_000

export const propertiesOf = (limits: Limits, version: '1' | '2'): readonly Property[] => {
  const { cpuQuotaMicroseconds, cpuPeriodMicroseconds, cpuShares, memoryBytes, pids } = limits
  const properties: Property[] = [
    ['Description', 's', 'Amazon ECS task'],
    ['CPUQuotaPeriodUSec', 't', String(cpuPeriodMicroseconds)],
  ]
  if (cpuQuotaMicroseconds !== undefined) {
    const perSecond = Math.round((cpuQuotaMicroseconds * MICROSECONDS_PER_SECOND) / cpuPeriodMicroseconds)
    properties.push(['CPUQuotaPerSecUSec', 't', String(perSecond)])
  }
  if (cpuShares !== undefined) {
    properties.push(
      version === '2' ? ['CPUWeight', 't', String(cpuWeight(cpuShares))] : ['CPUShares', 't', String(cpuShares)],
    )
  }
  if (memoryBytes !== undefined)
    properties.push([version === '2' ? 'MemoryMax' : 'MemoryLimit', 't', String(memoryBytes)])
  if (pids !== undefined) properties.push(['TasksMax', 't', String(pids)])
  return properties
}
