/** Every operation of Parameter Store through the AWS SDK for JavaScript, over HTTP. */
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  paginateDescribeParameters,
  paginateGetParameterHistory,
  paginateGetParametersByPath,
  ParameterAlreadyExists,
  ParameterNotFound,
  ParameterVersionLabelLimitExceeded,
  ParameterVersionNotFound,
  PutParameterCommand,
  type PutParameterCommandInput,
  RemoveTagsFromResourceCommand,
  SSMClient,
  UnlabelParameterVersionCommand,
} from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ssmService } from '../../src/services/ssm/index.ts'
import { ACCOUNT, CALLER_ARN, REGION, type ServiceServer, serviceServer } from './service-server.ts'

let server: ServiceServer
let client: SSMClient
/** Every test has names of its own. */
let root: string
let tests = 0

beforeAll(async () => {
  server = await serviceServer(ssmService)
  client = new SSMClient(server.client)
})
afterAll(async () => {
  client.destroy()
  await server.close()
})
beforeEach(() => {
  root = `/test-${++tests}`
})

const put = (name: string, given: Partial<PutParameterCommandInput> = {}) =>
  client.send(new PutParameterCommand({ Name: `${root}/${name}`, Value: name, Type: 'String', ...given }))
const arn = (name: string): string => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${root}/${name}`
const resource = (name: string) => ({ ResourceType: 'Parameter', ResourceId: `${root}/${name}` }) as const

describe('GetParameter', () => {
  it('gives a parameter by name, version, label and ARN', async () => {
    expect(await put('a', { Value: 'one' })).toMatchObject({ Version: 1, Tier: 'Standard' })
    await put('a', { Value: 'two', Overwrite: true })
    await client.send(new LabelParameterVersionCommand({ Name: `${root}/a`, ParameterVersion: 1, Labels: ['old'] }))
    const read = async (name: string) => (await client.send(new GetParameterCommand({ Name: name }))).Parameter
    expect(await read(`${root}/a`)).toEqual({
      Name: `${root}/a`,
      ARN: arn('a'),
      Type: 'String',
      Value: 'two',
      Version: 2,
      DataType: 'text',
      LastModifiedDate: expect.any(Date),
    })
    expect(await read(`${root}/a:1`)).toMatchObject({ Value: 'one', Selector: ':1' })
    expect(await read(`${root}/a:old`)).toMatchObject({ Value: 'one', Selector: ':old' })
    expect(await read(arn('a'))).toMatchObject({ Value: 'two' })
    expect(await read(`${arn('a')}:1`)).toMatchObject({ Value: 'one' })
  })

  it('decrypts if asked to', async () => {
    await put('s', { Type: 'SecureString', Value: 'hunter2' })
    const read = async (withDecryption: boolean) =>
      client.send(new GetParameterCommand({ Name: `${root}/s`, WithDecryption: withDecryption }))
    expect((await read(true)).Parameter).toMatchObject({ Type: 'SecureString', Value: 'hunter2' })
    expect((await read(false)).Parameter?.Value).not.toContain('hunter2')
  })

  it('says what is not there', async () => {
    await put('a')
    const read = (name: string) => client.send(new GetParameterCommand({ Name: `${root}/${name}` }))
    await expect(read('b')).rejects.toBeInstanceOf(ParameterNotFound)
    await expect(read('b')).rejects.toThrow(`Parameter ${root}/b not found.`)
    await expect(read('a:2')).rejects.toBeInstanceOf(ParameterVersionNotFound)
    await expect(read('a:2')).rejects.toThrow(
      `Systems Manager could not find version 2 of ${root}/a. Verify the version and try again.`,
    )
    await expect(read('a:1:2')).rejects.toThrow(`Parameter ${root}/a:1:2 not found.`)
  })
})

it('PutParameter refuses what is there already, with the modelled exception', async () => {
  await put('a')
  await expect(put('a')).rejects.toBeInstanceOf(ParameterAlreadyExists)
  await expect(put('a/')).rejects.toMatchObject({ name: 'ValidationException' })
})

describe('GetParameters', () => {
  it('gives those that are there in the order of their names, and names the others', async () => {
    await put('b')
    await put('a', { Type: 'SecureString' })
    const Names = [`${root}/b`, `${root}/c`, `${root}/a`, `${root}/b:7`]
    const answer = await client.send(new GetParametersCommand({ Names, WithDecryption: true }))
    expect(answer.Parameters?.map(({ Value: value }) => value)).toEqual(['a', 'b'])
    expect(answer.InvalidParameters).toEqual([`${root}/c`, `${root}/b:7`])
  })

  it('takes ten at most', async () => {
    const Names = Array.from({ length: 11 }, (_, index) => `p${index}`)
    await expect(client.send(new GetParametersCommand({ Names }))).rejects.toThrow(
      "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 10",
    )
  })
})

describe('GetParametersByPath', () => {
  const namesOf = async (given: object) => {
    const names: (string | undefined)[] = []
    for await (const page of paginateGetParametersByPath({ client, pageSize: 2 }, { Path: root, ...given }))
      names.push(...(page.Parameters ?? []).map(({ Name: name }) => name?.slice(root.length + 1)))
    return names
  }

  it('gives one level, or all below it, page by page', async () => {
    for (const name of ['c', 'a', 'b/x', 'b/y/z', 'd']) await put(name)
    expect(await namesOf({})).toEqual(['a', 'c', 'd'])
    expect(await namesOf({ Recursive: true })).toEqual(['a', 'b/x', 'b/y/z', 'c', 'd'])
    expect(await namesOf({ Path: `${root}/b/` })).toEqual(['b/x'])
  })

  it('filters by type, key and label', async () => {
    await put('a')
    await put('a', { Value: 'newer', Overwrite: true })
    await put('s', { Type: 'SecureString' })
    await client.send(new LabelParameterVersionCommand({ Name: `${root}/a`, ParameterVersion: 1, Labels: ['live'] }))
    const byKey = (Key: string, ...Values: string[]) => namesOf({ ParameterFilters: [{ Key, Values }] })
    expect(await byKey('Type', 'SecureString')).toEqual(['s'])
    expect(await byKey('KeyId', 'alias/aws/ssm')).toEqual(['s'])
    const ParameterFilters = [{ Key: 'Label', Values: ['live'] }]
    const { Parameters } = await client.send(new GetParametersByPathCommand({ Path: root, ParameterFilters }))
    expect(Parameters).toMatchObject([{ Name: `${root}/a`, Value: 'a', Version: 1, Selector: ':live' }])
    await expect(byKey('Name', 'x')).rejects.toMatchObject({
      name: 'InvalidFilterKey',
      message: 'The following filter key is not valid: Name. Valid filter keys include: [Type, KeyId, Label].',
    })
  })
})

it('DescribeParameters tells everything but the value, page by page', async () => {
  await put('s', { Type: 'SecureString', Description: 'd', AllowedPattern: '.*' })
  for (const name of ['a', 'b']) await put(name)
  const ParameterFilters = [{ Key: 'Path', Values: [root] }]
  const all = []
  for await (const { Parameters } of paginateDescribeParameters({ client, pageSize: 2 }, { ParameterFilters }))
    all.push(...(Parameters ?? []))
  expect(all.map(({ Name: name }) => name)).toEqual([`${root}/a`, `${root}/b`, `${root}/s`])
  expect(all[2]).toEqual({
    Name: `${root}/s`,
    ARN: arn('s'),
    Type: 'SecureString',
    KeyId: 'alias/aws/ssm',
    LastModifiedDate: expect.any(Date),
    LastModifiedUser: CALLER_ARN,
    Description: 'd',
    AllowedPattern: '.*',
    Version: 1,
    Tier: 'Standard',
    Policies: [],
    DataType: 'text',
  })
  await expect(client.send(new DescribeParametersCommand({ NextToken: 'x' }))).rejects.toMatchObject({
    name: 'InvalidNextToken',
  })
})

it('GetParameterHistory gives every version, the oldest first', async () => {
  for (const value of ['one', 'two', 'three']) await put('a', { Value: value, Type: 'SecureString', Overwrite: true })
  await client.send(new LabelParameterVersionCommand({ Name: `${root}/a`, ParameterVersion: 2, Labels: ['live'] }))
  const all = []
  const input = { Name: `${root}/a`, WithDecryption: true }
  for await (const { Parameters } of paginateGetParameterHistory({ client, pageSize: 2 }, input))
    all.push(...(Parameters ?? []))
  expect(all.map(({ Version: version, Value: value, Labels: labels }) => [version, value, labels])).toEqual([
    [1, 'one', []],
    [2, 'two', ['live']],
    [3, 'three', []],
  ])
  await expect(client.send(new GetParameterHistoryCommand({ Name: `${root}/b` }))).rejects.toBeInstanceOf(
    ParameterNotFound,
  )
})

describe('labels', () => {
  const label = (labels: string[], version?: number) =>
    client.send(new LabelParameterVersionCommand({ Name: `${root}/a`, Labels: labels, ParameterVersion: version }))
  const labelsOf = async () =>
    (await client.send(new GetParameterHistoryCommand({ Name: `${root}/a` }))).Parameters?.map(
      ({ Labels: labels }) => labels,
    )

  beforeEach(async () => {
    await put('a')
    await put('a', { Overwrite: true })
  })

  it('are on one version, and move', async () => {
    expect(await label(['live', 'good'])).toMatchObject({ ParameterVersion: 2, InvalidLabels: [] })
    expect(await label(['live'], 1)).toMatchObject({ ParameterVersion: 1 })
    expect(await labelsOf()).toEqual([['live'], ['good']])
  })

  it('can be taken off', async () => {
    await label(['live', 'good'])
    const Labels = ['live', 'bad']
    const taken = await client.send(
      new UnlabelParameterVersionCommand({ Name: `${root}/a`, ParameterVersion: 2, Labels }),
    )
    expect(taken).toMatchObject({ RemovedLabels: ['live'], InvalidLabels: ['bad'] })
    expect(await labelsOf()).toEqual([[], ['good']])
  })

  it('that cannot be are told', async () => {
    const Labels = ['9a', 'awsome', 'SSM', 'a/b', 'fine']
    expect(await label(Labels)).toMatchObject({ InvalidLabels: ['9a', 'awsome', 'SSM', 'a/b'] })
    await expect(label(['l'.repeat(101)])).rejects.toMatchObject({ name: 'ValidationException' })
    await expect(label(['x'], 5)).rejects.toBeInstanceOf(ParameterVersionNotFound)
  })

  it('are ten on one version at most', async () => {
    await label(Array.from({ length: 6 }, (_, index) => `a${index}`))
    await expect(label(Array.from({ length: 5 }, (_, index) => `b${index}`))).rejects.toBeInstanceOf(
      ParameterVersionLabelLimitExceeded,
    )
  })
})

it('tags are added, listed and removed', async () => {
  await put('a', { Tags: [{ Key: 'k', Value: 'v' }] })
  const Tags = [
    { Key: 'k', Value: 'w' },
    { Key: 'l', Value: '' },
  ]
  await client.send(new AddTagsToResourceCommand({ ...resource('a'), Tags }))
  expect(await client.send(new ListTagsForResourceCommand(resource('a')))).toMatchObject({ TagList: Tags })
  await client.send(new RemoveTagsFromResourceCommand({ ...resource('a'), TagKeys: ['k', 'x'] }))
  expect(await client.send(new ListTagsForResourceCommand(resource('a')))).toMatchObject({ TagList: Tags.slice(1) })
  await expect(client.send(new ListTagsForResourceCommand(resource('b')))).rejects.toMatchObject({
    name: 'InvalidResourceId',
  })
  const unknown = { ResourceType: 'Thing' as never, ResourceId: 'x' }
  await expect(client.send(new ListTagsForResourceCommand(unknown))).rejects.toMatchObject({
    name: 'InvalidResourceType',
  })
})

it('parameters are deleted one by one, and several at once', async () => {
  for (const name of ['a', 'b']) await put(name)
  await client.send(new DeleteParameterCommand({ Name: `${root}/a` }))
  await expect(client.send(new DeleteParameterCommand({ Name: `${root}/a` }))).rejects.toThrow(
    `Parameter ${root}/a not found.`,
  )
  const Names = [`${root}/a`, `${root}/b`]
  expect(await client.send(new DeleteParametersCommand({ Names }))).toMatchObject({
    DeletedParameters: [`${root}/b`],
    InvalidParameters: [`${root}/a`],
  })
})
