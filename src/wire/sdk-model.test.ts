import { execFileSync } from 'node:child_process'
import * as ec2 from '@aws-sdk/client-ec2'
import * as ecs from '@aws-sdk/client-ecs'
import * as sts from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { Model } from './schema.ts'
import { sdkEnums, sdkModel } from './sdk-model.ts'

const packages = [
  ['@aws-sdk/client-ecs', ecs],
  ['@aws-sdk/client-sts', sts],
] as const

describe('the model of a client package', () => {
  it.each(packages)('is that of %s itself', (name, client) => {
    const [read, whole] = [new Model(sdkModel(name)), new Model(client)]
    expect([...read.operations.keys()].toSorted()).toEqual([...whole.operations.keys()].toSorted())
    expect([...read.errors.keys()].toSorted()).toEqual([...whole.errors.keys()].toSorted())
    expect([...read.operations.values()].map(describeOperation).toSorted()).toEqual(
      [...whole.operations.values()].map(describeOperation).toSorted(),
    )
  })

  it('is the same of the operations of an excerpt, and knows the others by name', () => {
    const wanted = ['DescribeVpcs', 'AuthorizeSecurityGroupIngress', 'CreateRouteTable']
    const excerpt = new Model(sdkModel('@aws-sdk/client-ec2', new Set(wanted)))
    const whole = new Model(ec2)
    expect([...excerpt.operations.keys()].toSorted()).toEqual([...whole.operations.keys()].toSorted())
    for (const name of wanted) expect(excerpt.operations.get(name)).toEqual(whole.operations.get(name))
    expect(excerpt.operations.get('RunInstances')?.input.members).toEqual([])
  })

  it('has the values of every enumeration', () => {
    const enums = sdkEnums<typeof ecs>('@aws-sdk/client-ecs')
    expect(enums.LaunchType).toEqual(ecs.LaunchType)
    expect(enums.TaskDefinitionStatus).toEqual(ecs.TaskDefinitionStatus)
  })

  it('says which package is missing', () => {
    expect(() => sdkModel('@aws-sdk/client-nonesuch')).toThrow('@aws-sdk/client-nonesuch')
  })

  it('loads neither the client nor anything that it needs', () => {
    const program = `
      const { createRequire } = require('node:module')
      const { sdkModel, sdkEnums } = require(${JSON.stringify(`${import.meta.dirname}/sdk-model.ts`)})
      sdkModel('@aws-sdk/client-ecs')
      sdkEnums('@aws-sdk/client-ecs')
      console.log(Object.keys(require.cache).join('\\n'))`
    const loaded = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }).trim().split('\n')
    expect(loaded.filter((file) => /client-ecs/.test(file)).length).toBeGreaterThan(0)
    expect(loaded.filter((file) => /ECSClient|credential|signature|node-http-handler/.test(file))).toEqual([])
  })
})

const describeOperation = ({ name, input, output }: ReturnType<Model['operations']['get']> & object): string =>
  [
    name,
    ...[input, output].flatMap((shape) => shape.members.map((member) => `${member.name}:${member.shape.kind}`)),
  ].join(' ')
