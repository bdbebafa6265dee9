/**
 * What the `@aws-sdk/client-*` packages know of an API, without the client around it: loading a package's entry point costs 30 MB
 * resident, its schemas and enumerations alone 8. They stand in its ES module build, which is written for bundlers: its imports leave
 * out `.js`, and nothing says that its files are ES modules. Clients are for those who call AWS's APIs, not for who answers them.
 */
import { Buffer } from 'node:buffer'
import { createRequire, type LoadFnOutput, registerHooks } from 'node:module'
import { excerptOf } from './sdk-excerpt.ts'

const require = createRequire(import.meta.url)
const BUNDLER_BUILD = /\/@aws-sdk\/client-[a-z0-9-]+\/dist-es\//

/** The enumerations among what a client package exports, e.g. `LaunchType`. */
export type EnumsOf<Client> = {
  readonly [Name in keyof Client as Client[Name] extends Readonly<Record<string, string>> ? Name : never]: Client[Name]
}

/**
 * All exported schemas of a client package, by name; of a large one only what these operations need, beside the names of the others. Throws
 * if it is not installed or keeps them elsewhere. A process has one excerpt of a package.
 */
export const sdkModel = (packageName: string, operations?: ReadonlySet<string>): Readonly<Record<string, unknown>> =>
  partOf(packageName, 'schemas/schemas_0', operations && ((source) => excerptOf(source, operations)))

/** All exported enumerations of a client package. Throws if it is not installed or keeps them elsewhere. */
export const sdkEnums = <Client>(packageName: string): EnumsOf<Client> =>
  partOf(packageName, 'models/enums') as EnumsOf<Client>

const partOf = (
  packageName: string,
  part: string,
  edit?: (source: string) => string,
): Readonly<Record<string, unknown>> => {
  const hooks = registerHooks({
    resolve: (specifier, context, next) => next(withExtension(specifier, context.parentURL), context),
    load: (url, context, next) => {
      if (!BUNDLER_BUILD.test(url)) return next(url, context)
      const loaded = next(url, { ...context, format: 'module' })
      return edit === undefined ? loaded : { ...loaded, source: edit(textOf(loaded.source)) }
    },
  })
  try {
    return require(`${packageName}/dist-es/${part}.js`) as Readonly<Record<string, unknown>>
  } finally {
    hooks.deregister()
  }
}

const withExtension = (specifier: string, importer = ''): string => {
  const isBare = specifier.startsWith('.') && !specifier.endsWith('.js')
  return isBare && BUNDLER_BUILD.test(importer) ? `${specifier}.js` : specifier
}

const textOf = (source: LoadFnOutput['source']): string =>
  typeof source === 'string' ? source : Buffer.from((source ?? '') as Uint8Array).toString()
