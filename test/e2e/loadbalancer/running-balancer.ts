/** A balancer of this process with the real HAProxy, in a directory of its own, and what it has told. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { SystemClock } from '../../../src/kit/clock.ts'
import { SystemIds } from '../../../src/kit/ids.ts'
import { silentLog } from '../../../src/kit/log.ts'
import type { HostPart } from '../../../src/loadbalancer/balancer-options.ts'
import { Balancer } from '../../../src/loadbalancer/balancer.ts'
import { renderConfiguration } from '../../../src/loadbalancer/configuration/render.ts'
import type { TargetHealthReport } from '../../../src/model/load-balancing/messages.ts'
import type { RoutingTable } from '../../../src/model/load-balancing/routing.ts'
import { versionOf } from './haproxy-under-test.ts'

const PATIENCE_MS = 90_000

export class RunningBalancer {
  readonly directory: string
  readonly balancer: Balancer
  /** The last report of each target. */
  readonly health = new Map<string, TargetHealthReport>()
  readonly states: string[] = []
  readonly problems = new Map<string, string>()
  applied = 0
  #revision = 0

  constructor(
    program: string,
    directory = mkdtempSync(path.join(tmpdir(), 'longshore-balancer-')),
    host: Partial<HostPart> = {},
  ) {
    this.directory = directory
    this.balancer = new Balancer({
      directory,
      program,
      version: versionOf(program),
      render: renderConfiguration,
      host: () => ({ maximumConnections: 2000, cookieKey: 'a key for tests', jsonWebKeys: new Map(), ...host }),
      events: {
        applied: (revision) => (this.applied = revision),
        targetHealth: (reports) => {
          for (const report of reports) {
            this.health.set(report.target, report)
            this.states.push(`${report.target} ${report.state}`)
          }
        },
        loadBalancer: (arn, problem) =>
          problem === undefined ? void this.problems.delete(arn) : void this.problems.set(arn, problem),
      },
      clock: new SystemClock(),
      ids: new SystemIds(),
      log: silentLog,
    })
  }

  /** Returns at once. */
  tell(table: RoutingTable): number {
    this.balancer.apply(table, ++this.#revision)
    return this.#revision
  }

  /** Resolves when it is served. */
  async serve(table: RoutingTable): Promise<void> {
    const revision = this.tell(table)
    await until(() => this.applied >= revision)
  }

  get processId(): number {
    return Number(readFileSync(path.join(this.directory, 'haproxy', 'haproxy.pid'), 'utf8'))
  }

  async stop(): Promise<void> {
    await this.balancer.stop({ isKept: false })
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** Whoever is asked may be away for a moment: an error counts at the last look alone. */
export const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (const deadline = Date.now() + PATIENCE_MS; ; await delay(5)) {
    const isLast = Date.now() > deadline
    try {
      if (await isSo()) return
    } catch (error) {
      if (isLast) throw error
    }
    if (isLast) throw new Error(`not so after ${PATIENCE_MS} ms: ${isSo.toString()}`)
  }
}
