import { describe, expect, it } from 'vitest'
import { seeded } from '../../../../test/seeded.ts'
import { listServicesByNamespace } from './list-services-by-namespace.ts'

describe('ListServicesByNamespace', () => {
  it.each([
    ['internal', undefined, 'NamespaceNotFoundException', 'Namespace not found.'],
    ['', undefined, 'InvalidParameterException', 'Namespace can not be blank.'],
    ['x'.repeat(1025), undefined, 'InvalidParameterException', 'namespace can have at most 1024 characters.'],
    ['internal', 101, 'InvalidParameterException', 'maxResults must be between 1 and 100.'],
  ])('knows no namespace: %s', async (namespace, maxResults, code, message) => {
    const ecs = await seeded({})

    await expect(ecs.call(listServicesByNamespace, { namespace, maxResults })).rejects.toMatchObject({ code, message })
  })
})
