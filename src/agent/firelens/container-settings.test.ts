import { describe, expect, it } from 'vitest'
import { aLogRouter, aRoutedContainer, aRoutedTask } from '../../../test/builders/a-routed-task.ts'
import { builderIds } from '../../../test/builders/ids.ts'
import type { PayloadContainer, PayloadTask } from '../../agentlink/acs-messages.ts'
import { createBodyOf, type CreateBodyOptions } from '../docker/create-body.ts'
import { acceptTask } from '../engine/accept.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import type { FirelensSettings } from './container-settings.ts'

const SETTINGS: FirelensSettings = { directory: '/data/firelens', isAsync: true }
const HOME = '/data/firelens/0123456789abcdef0123456789abcdef'

const OPTIONS: CreateBodyOptions = {
  region: 'us-west-2',
  cluster: 'shop',
  ownLabels: {},
  dynamicHostPorts: { first: 40_000, last: 50_000 },
  reservedPorts: [],
  reservedPortsUdp: [],
  disablePrivileged: false,
  propagateTaskMemoryLimit: false,
  imageEnvironment: () => ['AWS_REGION=us-west-2'],
  taskRoles: { bridge: false, host: false },
  firelens: SETTINGS,
}

interface Body {
  readonly Env: readonly string[]
  readonly HostConfig: { readonly Binds: readonly string[]; readonly LogConfig?: object }
}

const bodyOf = (task: EngineTask, index: number, { firelens, ...options }: CreateBodyOptions = OPTIONS): Body =>
  createBodyOf(task, task.containers[index]!, { ...options, ...(firelens && { firelens }) }, []) as unknown as Body

const aTask = (containers: readonly PayloadContainer[], members: Partial<PayloadTask> = {}): EngineTask =>
  acceptTask(aRoutedTask(containers, members), 0, builderIds)

const withRouter = (task: EngineTask, progress: Partial<EngineContainer>): EngineTask => ({
  ...task,
  containers: task.containers.map((container, index) => (index === 1 ? { ...container, ...progress } : container)),
})

const APP = aRoutedContainer({ Name: 'es', Host: 'a' })

describe('a container whose logs are routed', () => {
  it("writes them to the router's socket by Docker's driver", () => {
    expect(bodyOf(aTask([APP, aLogRouter()]), 0).HostConfig.LogConfig).toEqual({
      Type: 'fluentd',
      Config: {
        tag: 'app-firelens-0123456789abcdef0123456789abcdef',
        'fluentd-address': `unix://${HOME}/socket/fluent.sock`,
        'fluentd-async': 'true',
        'fluentd-sub-second-precision': 'true',
      },
    })
  })

  it('tells the driver what is for the driver', () => {
    const app = aRoutedContainer({ Name: 'es', 'log-driver-buffer-limit': '2097152', mode: 'non-blocking' })
    const options = { ...OPTIONS, firelens: { ...SETTINGS, isAsync: false } }
    expect(bodyOf(aTask([app, aLogRouter()]), 0, options).HostConfig.LogConfig).toMatchObject({
      Config: {
        'fluentd-async': 'false',
        'fluentd-buffer-limit': '2097152',
        mode: 'non-blocking',
        'max-buffer-size': '10m',
      },
    })
  })

  it('finds the router for records of its own on the bridge', () => {
    const networks = [{ name: 'bridge', ipv4Address: '172.17.0.5' }]
    const task = withRouter(aTask([{ ...APP, environment: { FLUENT_HOST: 'other' } }, aLogRouter()]), { networks })
    expect(bodyOf(task, 0).Env).toEqual(['FLUENT_HOST=172.17.0.5', 'FLUENT_PORT=24224'])
    expect(bodyOf(withRouter(aTask([APP, aLogRouter()], { networkMode: 'host' }), { networks }), 0).Env).toEqual([])
    expect(bodyOf(aTask([APP, aLogRouter()]), 0).Env).toEqual([])
  })

  it('needs a router, on a host that has any', () => {
    const { firelens: _none, ...without } = OPTIONS
    expect(() => bodyOf(aTask([APP]), 0)).toThrow('the task has no container with a firelensConfiguration')
    for (const index of [0, 1])
      expect(() => bodyOf(aTask([APP, aLogRouter()]), index, without)).toThrow(
        'FireLens is not supported by this agent',
      )
  })
})

describe('a log router', () => {
  it('finds its configuration and the directory of its socket', () => {
    expect(bodyOf(aTask([APP, aLogRouter()]), 1)).toMatchObject({
      Env: [],
      HostConfig: {
        Binds: [`${HOME}/config/fluent.conf:/fluent-bit/etc/fluent-bit.conf`, `${HOME}/socket/:/var/run/`],
      },
    })
  })

  it('is root where it is Fluentd, unless it is to be somebody else', () => {
    const router = aLogRouter({ type: 'fluentd' })
    expect(bodyOf(aTask([APP, router]), 1)).toMatchObject({
      Env: ['FLUENT_UID=0'],
      HostConfig: { Binds: [`${HOME}/config/fluent.conf:/fluentd/etc/fluent.conf`, `${HOME}/socket/:/var/run/`] },
    })
    const other = { ...router, dockerConfig: { config: '{"User":"1000"}' } }
    expect(bodyOf(aTask([APP, other]), 1).Env).toEqual(['FLUENT_UID=1000'])
  })
})
