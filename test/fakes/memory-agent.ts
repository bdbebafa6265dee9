/**
 * An agent of a few lines, connected to an ACS server in memory: keeps what it is told as the protocol says, acknowledges when the test lets
 * it, and can lose its connection. For tests of the control plane's half; the real agent has tests of its own.
 */
import type {
  AgentMessage,
  IAMRoleCredentials,
  ManifestTask,
  PayloadTask,
  ServerMessage,
} from '../../src/agentlink/acs-messages.ts'
import type { AcsServer } from '../../src/agentlink/acs-server.ts'
import type { SocketEnd } from '../../src/agentlink/socket.ts'
import { type MemorySocket, openMemorySocket } from './memory-sockets.ts'

export class MemoryAgent {
  readonly #server: AcsServer
  readonly #containerInstanceArn: string
  #socket: MemorySocket | undefined
  #serverEnd: () => MemorySocket | undefined = () => undefined
  #hasBeenConnected = false
  #highestNumber = -1
  /** Acknowledgements that the test has not let go. */
  readonly #heldAcks: AgentMessage[] = []
  holdsAcks = false
  readonly received: ServerMessage[] = []
  /** What the agent knows, by ARN; a desired status is only ever raised. */
  readonly tasks = new Map<string, PayloadTask['desiredStatus']>()
  end: SocketEnd | undefined
  /** Hears of every message as it comes. */
  onMessage: (message: ServerMessage) => void = () => {}

  constructor(server: AcsServer, containerInstanceArn: string) {
    this.#server = server
    this.#containerInstanceArn = containerInstanceArn
  }

  get isConnected(): boolean {
    return this.#socket !== undefined
  }

  connect(parameters: Readonly<Record<string, string>> = {}): void {
    const query = new URLSearchParams({
      agentHash: '0123abcd',
      agentVersion: '1.105.1',
      clusterArn: '',
      containerInstanceArn: this.#containerInstanceArn,
      dockerVersion: 'DockerVersion: 20.10.24',
      protocolVersion: '2',
      seqNum: '1',
      sendCredentials: String(!this.#hasBeenConnected),
      ...parameters,
    })
    this.end = undefined
    const { client, server } = openMemorySocket(
      {
        opened: () => {
          this.#hasBeenConnected = true
        },
        message: (text) => this.#receive(JSON.parse(text) as ServerMessage),
        drained: () => {},
        ended: (end) => {
          this.end = end
          if (this.#socket === client) this.#socket = undefined
        },
      },
      (open) => this.#server.connect(query, open),
    )
    this.#socket = client
    this.#serverEnd = server
  }

  /** The server's end, to hold it. */
  get serverEnd(): MemorySocket | undefined {
    return this.#serverEnd()
  }

  drop(): void {
    this.#heldAcks.length = 0
    this.#socket?.drop()
  }

  send(message: AgentMessage): void {
    this.#socket?.send(JSON.stringify(message))
  }

  /** Sends what was held, in any order that `pick` makes. */
  releaseAcks(order: (acks: AgentMessage[]) => AgentMessage[] = (acks) => acks): void {
    for (const ack of order(this.#heldAcks.splice(0))) this.send(ack)
  }

  /** Messages of one type, oldest first. */
  of<Type extends ServerMessage['type']>(type: Type): Extract<ServerMessage, { type: Type }>['message'][] {
    return this.received.filter((message) => message.type === type).map(({ message }) => message) as never
  }

  /** Every task entry of every payload, oldest first. */
  get payloads(): PayloadTask[] {
    return this.of('PayloadMessage').flatMap(({ tasks }) => tasks)
  }

  #receive(message: ServerMessage): void {
    this.received.push(message)
    this.onMessage(message)
    if (message.type === 'HeartbeatMessage') {
      this.send({ type: 'HeartbeatAckRequest', message: { messageId: message.message.messageId } })
    } else if (message.type === 'PayloadMessage') {
      this.#highestNumber = Math.max(this.#highestNumber, message.message.seqNum)
      for (const task of message.message.tasks) this.#learn(task)
      this.#ack(message.message)
      for (const { roleCredentials, executionRoleCredentials } of message.message.tasks) {
        this.#ackCredentials(message.message.messageId, roleCredentials)
        this.#ackCredentials(message.message.messageId, executionRoleCredentials)
      }
    } else if (message.type === 'IAMRoleCredentialsMessage') {
      const { messageId, taskArn, roleCredentials } = message.message
      if (this.tasks.has(taskArn)) this.#ackCredentials(messageId, roleCredentials)
    } else if (message.type === 'TaskManifestMessage') this.#compare(message.message)
    else if (message.type === 'TaskStopVerificationAck') {
      for (const { taskArn } of message.message.stopTasks) this.tasks.set(taskArn, 'STOPPED')
    }
  }

  #learn({ arn, desiredStatus }: PayloadTask): void {
    if (this.tasks.get(arn) !== 'STOPPED') this.tasks.set(arn, desiredStatus)
  }

  #compare(manifest: Extract<ServerMessage, { type: 'TaskManifestMessage' }>['message']): void {
    if (manifest.timeline <= this.#highestNumber) return
    this.#highestNumber = manifest.timeline
    this.#ack(manifest)
    const listed = new Set(
      manifest.tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').map(({ taskArn }) => taskArn),
    )
    const stopCandidates: ManifestTask[] = [...this.tasks]
      .filter(([arn, desiredStatus]) => desiredStatus === 'RUNNING' && !listed.has(arn))
      .map(([taskArn]) => ({ taskArn, taskClusterArn: manifest.clusterArn, desiredStatus: 'STOPPED' }))
    if (stopCandidates.length === 0) return
    this.send({ type: 'TaskStopVerificationMessage', message: { messageId: manifest.messageId, stopCandidates } })
  }

  #ack({
    clusterArn,
    containerInstanceArn,
    messageId,
  }:
    | Extract<ServerMessage, { type: 'PayloadMessage' }>['message']
    | Extract<ServerMessage, { type: 'TaskManifestMessage' }>['message']): void {
    const ack: AgentMessage = {
      type: 'AckRequest',
      message: { cluster: clusterArn, containerInstance: containerInstanceArn, messageId },
    }
    this.#sendAck(ack)
  }

  #ackCredentials(messageId: string, given: IAMRoleCredentials | undefined): void {
    if (given === undefined) return
    const { credentialsId, expiration } = given
    this.#sendAck({ type: 'IAMRoleCredentialsAckRequest', message: { messageId, credentialsId, expiration } })
  }

  #sendAck(ack: AgentMessage): void {
    if (this.holdsAcks) this.#heldAcks.push(ack)
    else this.send(ack)
  }
}
