import { describe, expect, it } from 'vitest'
import { registryCredentials } from './registry-auth.ts'

const LOGIN = { username: 'user', password: 'pass:word' }
const auth = Buffer.from('user:pass:word').toString('base64')

describe('registry credentials', () => {
  it('of type docker belong to the registry they name', () => {
    const find = registryCredentials({
      engineAuthType: 'docker',
      engineAuthData: { 'https://index.docker.io/v1/': LOGIN, 'registry:5000': LOGIN },
    })
    expect(find('busybox')).toEqual({ ...LOGIN, serverAddress: 'https://index.docker.io/v1/' })
    expect(find('registry:5000/web:1')).toEqual({ ...LOGIN, serverAddress: 'registry:5000' })
    expect(find('other.example.com/web')).toBeUndefined()
  })

  it.each([[{ 'r.example.com': { auth } }], [{ auths: { 'r.example.com': { auth } } }]])(
    'of type dockercfg are decoded, in the old form and the new',
    (engineAuthData) => {
      expect(registryCredentials({ engineAuthType: 'dockercfg', engineAuthData })('r.example.com/web')).toMatchObject(
        LOGIN,
      )
    },
  )

  it('are none where nothing is configured', () => {
    expect(registryCredentials({ engineAuthType: undefined, engineAuthData: undefined })('busybox')).toBeUndefined()
  })

  it('that do not fit their type are refused without being shown', () => {
    const wrong = () => registryCredentials({ engineAuthType: 'docker', engineAuthData: { r: { auth } } })
    expect(wrong).toThrow('ECS_ENGINE_AUTH_DATA: the entry for r is not of type docker')
  })
})
