import * as ecs from '@aws-sdk/client-ecs'
import * as sts from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { type Member, Model, type StructureShape } from './schema.ts'

const memberOf = (structure: StructureShape | undefined, name: string): Member | undefined =>
  structure?.members.find((member) => member.name === name)

describe('a model', () => {
  it('has every operation and exception of its client package', () => {
    const model = new Model(ecs)
    expect(model.operations.size).toBeGreaterThan(60)
    expect(model.operations.get('RunTask')?.input.name).toBe('RunTaskRequest')
    expect(model.errors.get('ClusterNotFoundException')?.side).toBe('client')
    expect(model.errors.get('ServerException')?.side).toBe('server')
  })

  it('knows which members are required', () => {
    const input = new Model(ecs).operations.get('RunTask')?.input
    expect(memberOf(input, 'taskDefinition')?.required).toBe(true)
    expect(memberOf(input, 'cluster')?.required).toBe(false)
  })

  it('reads the traits of members, as names or as bits', () => {
    const input = new Model(ecs).operations.get('RunTask')?.input
    expect(memberOf(input, 'clientToken')?.traits.idempotencyToken).toBe(1)
    const credentials = new Model(sts).operations.get('AssumeRole')?.output
    const structure = memberOf(credentials, 'Credentials')?.shape as StructureShape
    expect(memberOf(structure, 'SecretAccessKey')?.traits.sensitive).toBe(1)
  })

  it('has the status and the Query code that an exception states', () => {
    expect(new Model(ecs).errors.get('AccessDeniedException')?.status).toBe(403)
    expect(new Model(sts).errors.get('MalformedPolicyDocumentException')?.queryCode).toBe('MalformedPolicyDocument')
  })

  it('takes every number for a 32-bit integer but those that the service names', () => {
    const model = new Model(ecs, { 'Resource.longValue': 'long', 'Resource.doubleValue': 'double' })
    const tasks = memberOf(model.operations.get('RegisterContainerInstance')?.input, 'totalResources')
    const resource = tasks?.shape.kind === 'list' ? (tasks.shape.item.shape as StructureShape) : undefined
    const widths = ['integerValue', 'longValue', 'doubleValue'].map((name) => memberOf(resource, name)?.shape)
    expect(widths).toEqual([
      { kind: 'number', width: 'integer' },
      { kind: 'number', width: 'long' },
      { kind: 'number', width: 'double' },
    ])
  })

  it('ends on shapes that contain themselves', () => {
    const tree: unknown[] = [
      3,
      'test',
      'Tree',
      0,
      ['left', 'leaves'],
      [() => tree, [1, 'test', 'Trees', 0, () => tree]],
    ]
    const model = new Model({ Grow$: [9, 'test', 'Grow', 0, () => tree, 'unit'] })
    const input = model.operations.get('Grow')?.input
    expect(memberOf(input, 'left')?.shape).toBe(input)
    expect(model.operations.get('Grow')?.output.members).toEqual([])
  })
})
