/**
 * The model of a service out of its `@aws-sdk/client-*` package, without the client around it: the package's entry point costs 30 MB
 * resident, its schemas alone 8. They stand in its ES module build, whose imports leave out `.js` as bundlers allow and Node does not.
 */
import { createRequire, registerHooks } from 'node:module'

const require = createRequire(import.meta.url)
const BUNDLER_BUILD = /\/@aws-sdk\/client-[a-z0-9-]+\/dist-es\//

/** All exported schemas, by name. Throws if the package is not installed or keeps them elsewhere. */
export const sdkModel = (packageName: string): Readonly<Record<string, unknown>> => {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier.startsWith('.') && BUNDLER_BUILD.test(context.parentURL ?? '') && !specifier.endsWith('.js') ? `${specifier}.js` : specifier, context),
    load: (url, context, next) => next(url, BUNDLER_BUILD.test(url) ? { ...context, format: 'module' } : context),
  })
  try {
    return require(`${packageName}/dist-es/schemas/schemas_0.js`) as Readonly<Record<string, unknown>>
  } finally {
    hooks.deregister()
  }
}
