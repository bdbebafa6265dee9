/** A control plane as an agent sees it: takes reports, can refuse them or be away, and hands messages to the agent. */
import type { SubmitTaskStateChangeRequest } from '@aws-sdk/client-ecs'
import type { AcsListener, AgentControl, AgentLinks } from '../../src/agent/links.ts'
import { ControlApiError } from '../../src/agentlink/control-api-error.ts'
import type { AgentMessage, ServerMessage } from '../../src/agentlink/acs-messages.ts'
import type { TelemetryRequest } from '../../src/agentlink/tcs-messages.ts'
import { FakeSecrets } from './fake-secrets.ts'

const ARN = 'arn:aws:ecs:us-east-1:000000000000:container-instance/default/'

export class FakeControl implements AgentControl {
  readonly registrations: Parameters<AgentControl['registerContainerInstance']>[0][] = []
  readonly reports: SubmitTaskStateChangeRequest[] = []
  readonly acs: AgentMessage[] = []
  readonly telemetry: TelemetryRequest[] = []
  readonly clusters = new Set(['default'])
  readonly instances = new Set<string>()
  readonly secrets = new FakeSecrets()
  /** While it is away every call is unanswered. */
  isAway = false
  /** Thrown by the next report. */
  nextReportError: ControlApiError | undefined
  #listener: AcsListener | undefined
  #serial = 0

  async registerContainerInstance(request: Parameters<AgentControl['registerContainerInstance']>[0]) {
    this.#answer()
    if (!this.clusters.has(request.cluster ?? '')) {
      throw new ControlApiError({ type: 'ClusterNotFoundException', message: 'Cluster not found.', status: 400 })
    }
    const { containerInstanceArn, attributes = [] } = request
    if (containerInstanceArn !== undefined && !this.instances.has(containerInstanceArn)) {
      const message = `Referenced container instance ${containerInstanceArn} not found.`
      throw new ControlApiError({ type: 'InvalidParameterException', message, status: 400 })
    }
    this.registrations.push(request)
    const arn = containerInstanceArn ?? `${ARN}${++this.#serial}`
    this.instances.add(arn)
    return { containerInstanceArn: arn, attributes }
  }

  async createCluster(clusterName: string): Promise<string> {
    this.#answer()
    this.clusters.add(clusterName)
    return clusterName
  }

  async submitTaskStateChange(request: SubmitTaskStateChangeRequest): Promise<void> {
    this.#answer()
    const error = this.nextReportError
    this.nextReportError = undefined
    if (error !== undefined) throw error
    this.reports.push(request)
  }

  /** Statuses reported of a task, in order. */
  statusesOf(taskArn: string): (string | undefined)[] {
    return this.reports.filter(({ task }) => task === taskArn).map(({ status }) => status)
  }

  /** Entries reported of a container, in order. */
  entriesOf(taskArn: string, containerName: string) {
    return this.reports
      .filter(({ task }) => task === taskArn)
      .flatMap(({ containers = [] }) => containers.filter((container) => container.containerName === containerName))
  }

  send(message: ServerMessage): void {
    this.#listener?.onMessage(message)
  }

  /** The session is opened again. */
  reconnect(): void {
    this.#listener?.onConnected()
  }

  get links(): AgentLinks {
    return {
      control: this,
      secrets: this.secrets,
      acs: (_identity, listener) => ({
        start: () => {
          this.#listener = listener
          listener.onConnected()
        },
        stop: () => {
          if (this.#listener === listener) this.#listener = undefined
        },
        send: (message) => {
          if (this.#listener !== listener) return false
          this.acs.push(message)
          return true
        },
      }),
      tcs: (_identity, onConnected) => ({
        start: onConnected,
        stop: () => {},
        publish: (request) => this.telemetry.push(request) > 0,
      }),
    }
  }

  #answer(): void {
    if (this.isAway) throw new ControlApiError({ type: 'Unreachable', message: 'no answer' })
  }
}
