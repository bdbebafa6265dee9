import * as ecs from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { ServedService } from './router.ts'

it('refuses handlers for operations that AWS does not have', () => {
  const operations = new Set(['RunTask', 'RunTusk', 'StopTusk'])
  const faults = { invalidInput: 'InvalidParameterException' }
  const definition = { name: 'ecs', model: () => ecs, protocols: [], faults, operations, call: async () => ({}) }
  expect(() => new ServedService(definition, [], false).model).toThrowError(
    'the operation table of ecs names RunTusk, StopTusk, which its model does not have',
  )
})
