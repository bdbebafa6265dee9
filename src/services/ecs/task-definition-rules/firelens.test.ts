import type { ContainerDefinition, FirelensConfiguration } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import {
  aDefinition,
  aDefinitionOf,
  aDefinitionOfTwo,
  aPlainContainer,
} from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

type Options = Record<string, string>

const ROUTED: ContainerDefinition = { logConfiguration: { logDriver: 'awsfirelens' } }
const ROUTER: ContainerDefinition = { firelensConfiguration: { type: 'fluentbit' } }

/** What is said to a task whose router has this configuration and these members. */
const refusalOfRouter = (firelensConfiguration: FirelensConfiguration, router: ContainerDefinition = {}) =>
  refusal(aDefinitionOfTwo(ROUTED, { firelensConfiguration, ...router }))

const refusalOfOptions = (options: Options, type: 'fluentbit' | 'fluentd' = 'fluentbit') =>
  refusal(
    aDefinitionOfTwo({ logConfiguration: { logDriver: 'awsfirelens', options } }, { firelensConfiguration: { type } }),
  )

describe('a log router', () => {
  it('and what it routes belong together', () => {
    expect(refusal(aDefinition(ROUTER))).toBe(
      'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.',
    )
    expect(refusal(aDefinition(ROUTED))).toBe(
      'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.',
    )
    expect(refusal(aDefinitionOfTwo(ROUTED, ROUTER))).toBeUndefined()
  })

  it('is one', () => {
    const containers = [aPlainContainer(ROUTED), ...['one', 'two'].map((name) => aPlainContainer({ name, ...ROUTER }))]
    expect(refusal(aDefinitionOf(containers))).toBe(
      'A task definition can have at most 1 container with a firelensConfiguration object.',
    )
  })

  it('does not route its own logs', () => {
    expect(refusalOfRouter({ type: 'fluentbit' }, ROUTED)).toBe(
      'A container with a firelensConfiguration object cannot be configured with the awsfirelens log driver.',
    )
  })

  it('has a type', () => {
    expect(refusalOfRouter({ type: undefined })).toBe('firelensConfiguration.type should not be null or empty.')
    expect(refusalOfRouter({ type: 'logstash' as 'fluentd' })).toContain('firelensConfiguration.type')
  })

  it.each<[Options, string | undefined]>([
    [{ 'enable-ecs-log-metadata': 'true' }, undefined],
    [{ 'enable-ecs-log-metadata': 'yes' }, "The 'enable-ecs-log-metadata' must be true or false."],
    [{ metadata: 'true' }, 'Invalid firelensConfiguration options: metadata'],
    [{ 'config-file-type': 'file', 'config-file-value': '/extra.conf' }, undefined],
    [{ 'config-file-type': 's3', 'config-file-value': 'arn:aws:s3:::bucket/extra.conf' }, undefined],
    [{ 'config-file-type': 's3', 'config-file-value': 's3://bucket/extra.conf' }, 'Invalid arn syntax.'],
    [{ 'config-file-type': 'http', 'config-file-value': 'a' }, "The 'config-file-type' must be s3 or file."],
    [
      { 'config-file-type': 'file' },
      "The options 'config-file-type' and 'config-file-value' must be specified together.",
    ],
    [
      { 'config-file-type': 'file', 'config-file-value': '/a\n[OUTPUT]' },
      "Invalid 'config-file-value': its value is not one line of text.",
    ],
    [
      { 'config-file-type': 'file', 'config-file-value': '/a.yaml' },
      "Invalid 'config-file-value': a configuration file of Fluent Bit has to be in its classic format.",
    ],
  ])('with the options %j: %s', (options, message) =>
    expect(refusalOfRouter({ type: 'fluentbit', options })).toBe(message),
  )

  it.each([
    ['0', undefined],
    ['1000', undefined],
    ['1000:1000', undefined],
    ['fluent', "If 'user' field is specified on firelens container, then it has to be a 'UID' or 'UID:GID'."],
  ])('run by user %s: %s', (user, message) => expect(refusalOfRouter({ type: 'fluentd' }, { user })).toBe(message))
})

describe('log options for a router', () => {
  it.each<[Options, string]>([
    [
      { Name: 'es', Host: 'a\n[OUTPUT]' },
      "'Host' of container 'app' for the log router: its value is not one line of text.",
    ],
    [{ '[OUTPUT]': 'es' }, "'[OUTPUT]' of container 'app' for the log router: its name is not that of an option."],
    [
      { 'log-driver-buffer-limit': '1MB' },
      "'log-driver-buffer-limit' of container 'app' for the log router: its value is not a whole number.",
    ],
    [
      { 'include-pattern': 'a\r\nb' },
      "'include-pattern' of container 'app' for the log router: its value is not one line of text.",
    ],
  ])('are refused where they would be something else: %j', (options, message) => {
    expect(refusalOfOptions(options)).toBe(`Invalid log option ${message}`)
  })

  it('follow the syntax of the router', () => {
    const options = { '@type': 'stdout', '@log_level': 'debug' }
    expect(refusalOfOptions(options, 'fluentd')).toBeUndefined()
    expect(refusalOfOptions(options, 'fluentbit')).toContain('its name is not that of an option')
  })

  it('are refused by the names of secrets too', () => {
    const logConfiguration = { logDriver: 'awsfirelens' as const, secretOptions: [{ name: 'a}b', valueFrom: 'p' }] }
    const task = aDefinitionOfTwo({ logConfiguration }, ROUTER, {
      executionRoleArn: 'arn:aws:iam::000000000000:role/r',
    })
    expect(refusal(task)).toContain("'a}b' of container 'app'")
  })

  it('let containers without memory buffer less than 512 MiB together', () => {
    const logConfiguration = { logDriver: 'awsfirelens' as const, options: { 'log-driver-buffer-limit': '300000000' } }
    const containers = (members: ContainerDefinition) => [
      ...['one', 'two'].map((name): ContainerDefinition => ({ name, image: 'a', logConfiguration, ...members })),
      aPlainContainer({ name: 'router', ...ROUTER }),
    ]
    expect(refusal(aDefinitionOf(containers({}), { memory: '1024', cpu: '256' }))).toBe(
      "The total of 'log-driver-buffer-limit' of containers without memory must be less than 536870912 bytes.",
    )
    expect(refusal(aDefinitionOf(containers({ memory: 300 })))).toBeUndefined()
  })
})
