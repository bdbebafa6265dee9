/** Every setting of a container arrives: in the engine's record of it and, where it can be seen there, inside. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildBusyboxImage } from '../busybox-image.ts'
import { until } from '../longshore.ts'
import { aTask, Harness, OWN_LABELS } from './harness.ts'

let harness: Harness

beforeAll(async () => {
  harness = await Harness.start({}, { AWS_DEFAULT_REGION: 'eu-west-1', ECS_DYNAMIC_HOST_PORT_RANGE: '40000-40009' })
})

afterAll(() => harness.stop())

describe('a container of a task', () => {
  it('has its command, environment, user and directory', async () => {
    const script = 'echo "$COLOUR $AWS_REGION $AWS_DEFAULT_REGION"; id -u; pwd; hostname'
    const output = await harness.output('unused', {
      entryPoint: ['sh'],
      command: ['-c', script],
      environment: { COLOUR: 'blue and green' },
      dockerConfig: { config: '{"User":"nobody","WorkingDir":"/tmp","Hostname":"ship"}' },
    })
    expect(output).toBe('blue and green eu-west-1 eu-west-1\n65534\n/tmp\nship\n')
  })

  it('takes the override’s command', async () => {
    const overrides = '{"command":["sh","-c","echo overridden"]}'
    expect(await harness.output('echo defined', { overrides })).toBe('overridden\n')
  })

  it('has its CPU shares and memory limit', async () => {
    const id = await harness.run({
      cpu: 512,
      memory: 64,
      command: ['sleep', '60'],
      dockerConfig: { hostConfig: '{"MemoryReservation":33554432}' },
    })
    const { HostConfig } = await harness.raw(id)
    expect(HostConfig).toMatchObject({ CpuShares: 512, Memory: 64 * 1024 * 1024, MemoryReservation: 33_554_432 })
    await harness.host.runtime.remove(id)
  })

  it('may have the smallest memory limit that ECS allows', async () => {
    const id = await harness.create(aTask(harness.image, [{ memory: 4 }]))
    expect((await harness.raw(id)).HostConfig).toMatchObject({ Memory: 6 * 1024 * 1024, CpuShares: 2 })
    await harness.host.runtime.remove(id)
  })

  it('has its ulimits, capabilities, system controls, devices and tmpfs', async () => {
    const hostConfig = JSON.stringify({
      Ulimits: [{ Name: 'nofile', Soft: 123, Hard: 456 }],
      CapDrop: ['ALL'],
      CapAdd: ['CHOWN'],
      Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '1234' },
      Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/nothing', CgroupPermissions: 'rw' }],
      Tmpfs: { '/scratch': 'size=1m' },
      ReadonlyRootfs: true,
      ShmSize: 2_097_152,
      Init: true,
    })
    const script = [
      'ulimit -n',
      'grep CapEff /proc/self/status',
      'cat /proc/sys/net/ipv4/ip_unprivileged_port_start',
      'test -c /dev/nothing && echo device',
      'touch /scratch/file && echo scratch',
      'touch /file 2>/dev/null || echo readonly',
      'grep -o "size=2048k" /proc/mounts',
      'cat /proc/1/comm',
    ].join('; ')
    expect(await harness.output(script, { dockerConfig: { hostConfig } })).toBe(
      [
        '123',
        'CapEff:\t0000000000000001',
        '1234',
        'device',
        'scratch',
        'readonly',
        'size=2048k',
        'docker-init',
        '',
      ].join('\n'),
    )
  })

  it('has its DNS servers and extra hosts', async () => {
    const hostConfig = '{"Dns":["10.1.2.3"],"DnsSearch":["example.com"],"ExtraHosts":["store:10.9.8.7"]}'
    const output = await harness.output('cat /etc/resolv.conf; grep store /etc/hosts', { dockerConfig: { hostConfig } })
    expect(output).toContain('nameserver 10.1.2.3')
    expect(output).toContain('search example.com')
    expect(output).toMatch(/^10\.9\.8\.7\s+store$/m)
  })

  it('is privileged, interactive or on a terminal as asked', async () => {
    const config = '{"Tty":true,"OpenStdin":true}'
    const dockerConfig = { config, hostConfig: '{"Privileged":true}' }
    const id = await harness.create(aTask(harness.image, [{ dockerConfig }]))
    const { Config, HostConfig } = await harness.raw(id)
    expect(Config).toMatchObject({ Tty: true, OpenStdin: true })
    expect(HostConfig).toMatchObject({ Privileged: true })
    await harness.host.runtime.remove(id)
  })

  it('has ECS’s name and labels, and is found by them', async () => {
    const task = aTask(harness.image, [{ dockerConfig: { config: '{"Labels":{"team":"shop"}}' } }])
    const id = await harness.create(task)
    const state = await harness.host.runtime.inspect(id)
    expect(state?.name).toMatch(/^ecs-e2e-1-main-[0-9a-f]{20}$/)
    expect(state?.labels).toMatchObject({
      ...OWN_LABELS,
      team: 'shop',
      'com.amazonaws.ecs.task-arn': task.arn,
      'com.amazonaws.ecs.container-name': 'main',
      'com.amazonaws.ecs.cluster': 'default',
    })
    const found = await harness.host.runtime.list({ ...OWN_LABELS, 'com.amazonaws.ecs.task-arn': task.arn })
    expect(found).toEqual([{ id, name: state?.name, labels: state?.labels, status: 'created' }])
    expect(await harness.host.runtime.list({ 'longshore.agent': 'another' })).toEqual([])
    await harness.host.runtime.remove(id)
  })

  it('writes to the log driver it is given', async () => {
    const hostConfig = '{"LogConfig":{"Type":"json-file","Config":{"mode":"non-blocking"}}}'
    const id = await harness.run({ command: ['echo', 'logged'], dockerConfig: { hostConfig } })
    await harness.ended(id)
    expect(await harness.logs(id)).toBe('logged\n')
    expect((await harness.raw(id)).HostConfig['LogConfig']).toEqual({
      Type: 'json-file',
      Config: { mode: 'non-blocking', 'max-buffer-size': '10m' },
    })
  })

  it('shares the host’s network, or has none', async () => {
    const interfaces = 'ls /sys/class/net'
    const own = (await harness.output(interfaces)).split('\n')
    expect(own).toContain('eth0')
    expect((await harness.output(interfaces, {}, { networkMode: 'host' })).split('\n')).toContain('docker0')
    expect(await harness.output(interfaces, {}, { networkMode: 'none' })).toBe('lo\n')
  })

  it('shares the host’s processes and memory where the task does', async () => {
    const id = await harness.create(aTask(harness.image, [{}], { pidMode: 'host', ipcMode: 'host' }))
    expect((await harness.raw(id)).HostConfig).toMatchObject({ PidMode: 'host', IpcMode: 'host' })
    await harness.host.runtime.remove(id)
  })
})

describe('ports', () => {
  const server = ['sh', '-c', 'echo hello > /tmp/index.html; exec httpd -f -p 80 -h /tmp']
  /** The server listens a moment after its container runs. */
  const answers = (port: number): Promise<unknown> =>
    until(
      `an answer at port ${port}`,
      () => harness.inNetwork('busybox', 'wget', '-qO-', `http://127.0.0.1:${port}/index.html`) === 'hello\n',
    )

  it('are bound where they are mapped to', async () => {
    const id = await harness.run({
      command: server,
      portMappings: [{ containerPort: 80, hostPort: 8080, protocol: 'tcp' }],
    })
    const { ports } = await harness.until(id, ({ status }) => status === 'running')
    expect(ports.filter(({ hostIp }) => hostIp === '0.0.0.0')).toEqual([
      { containerPort: 80, protocol: 'tcp', hostIp: '0.0.0.0', hostPort: 8080 },
    ])
    await answers(8080)
    await harness.host.runtime.remove(id)
  })

  it('that are dynamic are free ones of the configured range, each its own', async () => {
    const portMappings = [{ containerPort: 80, hostPort: 0, protocol: 'tcp' as const }]
    const containers = await Promise.all(
      Array.from({ length: 5 }, () => harness.run({ command: server, portMappings })),
    )
    const states = await Promise.all(containers.map((id) => harness.host.runtime.inspect(id)))
    const hostPorts = states.map((state) => state?.ports[0]?.hostPort ?? 0)
    expect(new Set(hostPorts).size).toBe(5)
    for (const port of hostPorts) expect(port >= 40_000 && port <= 40_009).toBe(true)
    await answers(hostPorts[0]!)
    for (const id of containers) await harness.host.runtime.remove(id)
  })

  it('that are dynamic stay when the container is started again in place', async () => {
    const portMappings = [{ containerPort: 80, hostPort: 0, protocol: 'tcp' as const }]
    const id = await harness.run({ command: ['sleep', '600'], portMappings })
    const before = await harness.host.runtime.inspect(id)
    await harness.host.runtime.stop(id, 0)
    await harness.host.runtime.start(id)
    expect((await harness.host.runtime.inspect(id))?.ports).toEqual(before?.ports)
    await harness.host.runtime.remove(id)
  })

  it('of a range are bound one by one', async () => {
    const task = aTask(harness.image, [
      { command: ['sleep', '60'], portMappings: [{ containerPortRange: '90-92', protocol: 'udp' }] },
    ])
    const hostPortRanges = [{ containerPortRange: '90-92', hostPortRange: '45000-45002', protocol: 'udp' as const }]
    const chosen = { ...task, containers: [{ ...task.containers[0]!, hostPortRanges }] }
    const id = await harness.create(chosen)
    await harness.host.runtime.start(id)
    const state = await harness.host.runtime.inspect(id)
    const bound = state?.ports
      .filter(({ hostIp }) => hostIp === '0.0.0.0')
      .map(({ containerPort, hostPort }) => [containerPort, hostPort])
    expect(bound?.toSorted()).toEqual([
      [90, 45_000],
      [91, 45_001],
      [92, 45_002],
    ])
    await harness.host.runtime.remove(id)
  })

  it('that are taken keep the container from starting', async () => {
    const portMappings = [{ containerPort: 80, hostPort: 8081, protocol: 'tcp' as const }]
    const first = await harness.run({ command: server, portMappings })
    await expect(harness.run({ command: server, portMappings })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('port is already allocated') as string,
    })
    await harness.host.runtime.remove(first)
  })
})

describe('volumes and links', () => {
  it('from the host are mounted, and made if they are missing', async () => {
    const sourcePath = join(harness.directory, 'made/by/docker')
    const mountPoints = [
      { sourceVolume: 'data', containerPath: '/data', readOnly: false },
      { sourceVolume: 'data', containerPath: '/fixed', readOnly: true },
    ]
    const volumes = [{ name: 'data', host: { sourcePath } }]
    const output = await harness.output(
      'echo written > /data/file; touch /fixed/x 2>/dev/null || echo refused',
      { mountPoints },
      { volumes },
    )
    expect(output).toBe('refused\n')
    expect(readFileSync(join(sourcePath, 'file'), 'utf8')).toBe('written\n')
  })

  it('of the task and shared ones are created, inspected and removed', async () => {
    const { runtime } = harness.host
    await runtime.createVolume('e2e-volume', {
      labels: { team: 'shop' },
      driverOpts: { type: 'tmpfs', device: 'tmpfs' },
    })
    expect(await runtime.inspectVolume('e2e-volume')).toMatchObject({
      name: 'e2e-volume',
      driver: 'local',
      labels: { team: 'shop' },
      driverOpts: { type: 'tmpfs', device: 'tmpfs' },
    })
    await runtime.removeVolume('e2e-volume')
    await runtime.removeVolume('e2e-volume')
    expect(await runtime.inspectVolume('e2e-volume')).toBeUndefined()
  })

  it('come from another container of the task, and its name resolves over a link', async () => {
    const directory = join(harness.directory, 'shared')
    mkdirSync(directory)
    writeFileSync(join(directory, 'greeting'), 'from the store')
    const task = aTask(
      harness.image,
      [
        {
          name: 'main',
          command: ['sh', '-c', 'cat /store/greeting; ping -c 1 -w 5 depot >/dev/null && echo " linked"'],
          links: ['store:depot'],
          volumesFrom: [{ sourceContainer: 'store', readOnly: true }],
        },
        {
          name: 'store',
          command: ['sleep', '60'],
          mountPoints: [{ sourceVolume: 'v', containerPath: '/store', readOnly: false }],
        },
      ],
      { volumes: [{ name: 'v', host: { sourcePath: directory } }] },
    )
    const [main, store] = task.containers
    const storeId = await harness.create(task, store)
    await harness.host.runtime.start(storeId)
    const mainId = await harness.create(task, main)
    await harness.host.runtime.start(mainId)
    await harness.ended(mainId)
    expect(await harness.logs(mainId)).toBe('from the store linked\n')
    expect(
      (await harness.host.runtime.list({ 'com.amazonaws.ecs.container-name': 'store' })).map(({ name }) => name),
    ).toContain(store!.dockerName)
    for (const id of [mainId, storeId]) await harness.host.runtime.remove(id)
  })
})

describe('an image’s own region', () => {
  it('stays', async () => {
    const image = await buildBusyboxImage(harness.engine.socket, ['ENV AWS_REGION=image'])
    const task = aTask(image, [{ command: ['env'] }])
    const outcome = await harness.host.images.ensure(task, task.containers[0]!, () => {})
    expect(outcome.status).toBe('ready')
    const id = await harness.create(task)
    await harness.host.runtime.start(id)
    await harness.ended(id)
    const output = await harness.logs(id)
    expect(output).toContain('AWS_REGION=image\n')
    expect(output).not.toContain('AWS_DEFAULT_REGION')
  })
})
