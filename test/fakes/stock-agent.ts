/**
 * An agent that shares no code with ours: written from the description of the ECS agent's protocol alone, in raw frames over the plain
 * websocket library, with a signature of its own. What it can do with a control plane, the genuine agent can.
 * Its containers exist only in its reports: they run as soon as they are told to, and stop when they are told to.
 */
import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'

export interface StockAgentOptions {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly cluster: string
}

interface Frame {
  readonly type: string
  // oxlint-disable-next-line typescript/no-explicit-any -- frames are looked at as a foreign agent would: without our types
  readonly message: any
}

interface KnownTask {
  desiredStatus: 'RUNNING' | 'STOPPED'
  reported: 'NONE' | 'RUNNING' | 'STOPPED'
  readonly containers: readonly { name: string; portMappings?: { containerPort: number; hostPort?: number }[] }[]
}

export class StockAgent {
  readonly #options: StockAgentOptions
  readonly #waiting = new Set<() => void>()
  #acs: WebSocket | undefined
  #tcs: WebSocket | undefined
  #addresses: [acs: string, tcs: string] = ['', '']
  #sendCredentials = true
  #latestSequenceNumber = -1
  #manifestId: string | undefined
  containerInstanceArn = ''
  /** Attributes as registration answered them. */
  attributes: readonly { name: string; value?: string }[] = []
  readonly tasks = new Map<string, KnownTask>()
  /** Everything that came over ACS and TCS. */
  readonly frames: Frame[] = []
  /** Body of the last refused upgrade. */
  refusal = ''

  constructor(options: StockAgentOptions) {
    this.#options = options
  }

  async register(attributes: readonly { name: string; value?: string }[]): Promise<void> {
    const { containerInstance } = await this.call('RegisterContainerInstance', {
      cluster: this.#options.cluster,
      clientToken: randomUUID(),
      instanceIdentityDocument: '',
      instanceIdentityDocumentSignature: '',
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 2048 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 3928 },
        { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375', '2376', '51678', '51679'] },
        { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
      ],
      attributes,
      ...(this.containerInstanceArn !== '' && { containerInstanceArn: this.containerInstanceArn }),
    })
    this.containerInstanceArn = containerInstance.containerInstanceArn
    this.attributes = containerInstance.attributes
  }

  /** Opens both websockets; resolves when ACS is open or refused. */
  async connect(): Promise<void> {
    const { endpoint, telemetryEndpoint } = await this.call('DiscoverPollEndpoint', {
      containerInstance: this.containerInstanceArn,
      cluster: this.#options.cluster,
      zoneId: '',
    })
    await this.connectTo(endpoint, telemetryEndpoint)
  }

  /** Base URLs of the present connections. */
  get addresses(): [acs: string, tcs: string] {
    return this.#addresses
  }

  async connectTo(endpoint: string, telemetryEndpoint: string): Promise<void> {
    this.#addresses = [endpoint, telemetryEndpoint]
    this.refusal = ''
    const common = { agentHash: '0123abcd', agentVersion: '1.105.1' }
    this.#acs = this.#open(endpoint, {
      ...common,
      clusterArn: this.#options.cluster,
      containerInstanceArn: this.containerInstanceArn,
      dockerVersion: 'DockerVersion: 20.10.24',
      protocolVersion: '2',
      seqNum: '1',
      sendCredentials: String(this.#sendCredentials),
    })
    this.#tcs = this.#open(telemetryEndpoint, {
      ...common,
      cluster: this.#options.cluster,
      containerInstance: this.containerInstanceArn,
      dockerVersion: '20.10.24',
    })
    await this.until(() => this.refusal !== '' || (isOpen(this.#acs) && isOpen(this.#tcs)))
    this.#sendCredentials = false
  }

  get isConnected(): boolean {
    return isOpen(this.#acs)
  }

  /** Loses both connections, without a close frame. */
  async disconnect(): Promise<void> {
    this.#acs?.terminate()
    this.#tcs?.terminate()
    await this.until(() => !isOpen(this.#acs) && !isOpen(this.#tcs))
  }

  /** Resolves when the condition holds; it is looked at whenever something happened. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve()
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
    })
  }

  of(type: string): Frame['message'][] {
    return this.frames.filter((frame) => frame.type === type).map(({ message }) => message)
  }

  /** Telemetry as this agent frames it: a signed header block, an empty line, the JSON. */
  publish(request: Frame): void {
    const body = JSON.stringify(request)
    const headers = this.#sign('GET', new URL(this.#tcs?.url.replace('ws', 'http') ?? ''), {}, body)
    const block = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    this.#tcs?.send(`${block.join('')}\r\n${body}`)
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- see Frame
  async call(operation: string, input: object): Promise<any> {
    const url = new URL(this.#options.endpoint)
    const body = JSON.stringify(input)
    const given = {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    }
    const headers = this.#sign('POST', url, given, body)
    const response = await fetch(url, { method: 'POST', headers, body })
    const answer = await response.json()
    if (!response.ok) throw new Error(`${operation}: ${JSON.stringify(answer)}`)
    return answer
  }

  #open(base: string, query: Record<string, string>): WebSocket {
    const text = Object.keys(query)
      .toSorted()
      .map((name) => `${name}=${encodeURIComponent(query[name]!)}`)
      .join('&')
    const url = new URL(`${base.replace(/\/$/, '')}/ws?${text}`)
    const socket = new WebSocket(url.href.replace('http', 'ws'), { headers: this.#sign('GET', url, {}, '') })
    socket.on('open', () => this.#happened())
    socket.on('close', () => this.#happened())
    socket.on('error', () => this.#happened())
    socket.on('unexpected-response', (request, response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => {
        this.refusal = body
        request.destroy()
        this.#happened()
      })
    })
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame
      this.frames.push(frame)
      this.#handle(frame)
      this.#happened()
    })
    return socket
  }

  #happened(): void {
    for (const look of this.#waiting) look()
  }

  /** Any message over ACS. */
  send(type: string, message: object): void {
    this.#send(type, message)
  }

  #send(type: string, message: object): void {
    this.#acs?.send(JSON.stringify({ type, message }))
  }

  #handle({ type, message }: Frame): void {
    if (type === 'HeartbeatMessage' && message.messageId)
      this.#send('HeartbeatAckRequest', { messageId: message.messageId })
    if (type === 'PayloadMessage') this.#takePayload(message)
    if (type === 'TaskManifestMessage') this.#takeManifest(message)
    if (type === 'TaskStopVerificationAck' && message.messageId === this.#manifestId) {
      this.#manifestId = undefined
      for (const { taskArn } of message.stopTasks) this.#stop(taskArn)
    }
  }

  #takePayload(message: Frame['message']): void {
    if (!message.clusterArn || !message.containerInstanceArn || !message.messageId) return
    this.#latestSequenceNumber = Math.max(this.#latestSequenceNumber, message.seqNum)
    const stops = message.tasks.filter((task: { desiredStatus: string }) => task.desiredStatus === 'STOPPED')
    for (const { arn } of stops) this.#stop(arn)
    for (const task of message.tasks) if (task.desiredStatus === 'RUNNING') this.#start(task)
    this.#ack(message)
  }

  #takeManifest(message: Frame['message']): void {
    if (message.timeline <= this.#latestSequenceNumber) return
    this.#latestSequenceNumber = message.timeline
    this.#ack(message)
    const running = new Set(
      message.tasks
        .filter((task: { desiredStatus: string }) => task.desiredStatus === 'RUNNING')
        .map((task: { taskArn: string }) => task.taskArn),
    )
    const stopCandidates = [...this.tasks]
      .filter(([arn, task]) => task.desiredStatus === 'RUNNING' && !running.has(arn))
      .map(([taskArn]) => ({ taskArn, taskClusterArn: message.clusterArn, desiredStatus: 'STOPPED' }))
    if (stopCandidates.length === 0) return
    this.#manifestId = message.messageId
    this.#send('TaskStopVerificationMessage', { messageId: message.messageId, stopCandidates })
  }

  #ack({ clusterArn, containerInstanceArn, messageId }: Frame['message']): void {
    this.#send('AckRequest', { cluster: clusterArn, containerInstance: containerInstanceArn, messageId })
  }

  #start({ arn, containers }: { arn: string; containers: KnownTask['containers'] }): void {
    if (this.tasks.has(arn)) return
    const task: KnownTask = { desiredStatus: 'RUNNING', reported: 'NONE', containers }
    this.tasks.set(arn, task)
    const changes = containers.map(({ name, portMappings = [] }) => ({
      containerName: name,
      runtimeId: randomBytes(32).toString('hex'),
      status: 'RUNNING',
      networkBindings: portMappings.map(({ containerPort, hostPort }) => ({
        bindIP: '0.0.0.0',
        containerPort,
        hostPort: hostPort || 49_153,
        protocol: 'tcp',
      })),
    }))
    void this.#report(arn, task, 'RUNNING', changes)
  }

  #stop(arn: string): void {
    const task = this.tasks.get(arn) ?? { desiredStatus: 'STOPPED', reported: 'NONE', containers: [] }
    this.tasks.set(arn, task)
    if (task.reported === 'STOPPED') return
    task.desiredStatus = 'STOPPED'
    const changes = task.containers.map(({ name }) => ({ containerName: name, status: 'STOPPED', exitCode: 137 }))
    void this.#report(arn, task, 'STOPPED', changes)
  }

  async #report(arn: string, task: KnownTask, status: 'RUNNING' | 'STOPPED', containers: object[]): Promise<void> {
    task.reported = status
    const now = Date.now() / 1000
    await this.call('SubmitTaskStateChange', {
      cluster: this.#options.cluster,
      task: arn,
      status,
      reason: '',
      containers,
      ...(status === 'RUNNING' ? { pullStartedAt: now, pullStoppedAt: now } : { executionStoppedAt: now }),
    })
    this.#happened()
  }

  /** Signature Version 4 as the ECS agent makes it: of host, date and, for calls, the other headers. */
  #sign(method: string, url: URL, given: Record<string, string>, body: string): Record<string, string> {
    const { accessKeyId, secretAccessKey, sessionToken, region } = this.#options
    const time = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
    const headers: Record<string, string> = { ...given, Host: url.host, 'X-Amz-Date': time }
    if (sessionToken !== undefined) headers['X-Amz-Security-Token'] = sessionToken
    const names = Object.keys(headers).toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    const signed = names.map((name) => name.toLowerCase()).join(';')
    const lines = names.map((name) => `${name.toLowerCase()}:${headers[name]}\n`).join('')
    const query = url.search.slice(1).split('&').toSorted().join('&')
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
    const canonical = [method, url.pathname, query, lines, signed, sha256(body)].join('\n')
    const scope = `${time.slice(0, 8)}/${region}/ecs/aws4_request`
    const key = ['ecs', 'aws4_request'].reduce(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      createHmac('sha256', createHmac('sha256', `AWS4${secretAccessKey}`).update(time.slice(0, 8)).digest())
        .update(region)
        .digest(),
    )
    const signature = createHmac('sha256', key)
      .update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`)
      .digest('hex')
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`
    return { ...headers, Authorization: authorization }
  }
}

const isOpen = (socket: WebSocket | undefined): boolean => socket?.readyState === WebSocket.OPEN
