// A certified OpenID provider on this computer, for the tests of signing in: `node server.mjs '{"access":60,"refresh":600}'`.
// The terms are in seconds. It prints its address and works until its standard input ends.
import { createServer } from 'node:http'
import Provider, { interactionPolicy } from 'oidc-provider'

const { access = 600, refresh = 3600 } = JSON.parse(process.argv[2] ?? '{}')
const server = createServer()
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const issuer = `http://127.0.0.1:${server.address().port}`

// Says `invalid_request` and so on instead of showing a page: nobody reads these.
const renderError = (ctx, out) => {
  ctx.type = 'json'
  ctx.body = out
}

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'balie',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: ['http://127.0.0.1/signed-in', 'be.balie.desk:/signed-in'],
      post_logout_redirect_uris: ['https://balie.example/bye']
    }
  ],
  cookies: { keys: ['not a secret: it lives as long as one test'] },
  features: {
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      // The page asks whether to sign out; the test presses the button.
      logoutSource: (ctx, form) => {
        ctx.body = form
      }
    }
  },
  extraParams: ['referrer'],
  // As at publiq: `offline_access` is enough for a refresh token, which outlives what the browser knows.
  expiresWithSession: () => false,
  issueRefreshToken: () => true,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  interactions: { policy: interactionPolicy.base(), url: (_, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  renderError,
  rotateRefreshToken: true,
  scopes: ['openid', 'offline_access'],
  ttl: { AccessToken: access, RefreshToken: refresh, Session: 3600, Grant: 3600, Interaction: 600, IdToken: 3600 }
})

// Who signs in is in the address: `POST /interaction/ID?as=an`. What else the provider wants to know is granted.
async function interaction(ctx) {
  const { prompt, session, params } = await provider.interactionDetails(ctx.req, ctx.res)
  if (ctx.method === 'GET') {
    ctx.body = { prompt: prompt.name, language: params.ui_locales, referrer: params.referrer }
    return
  }
  let result
  if (ctx.query.as === undefined) {
    result = { error: 'access_denied' }
  } else if (prompt.name === 'login') {
    result = { login: { accountId: ctx.query.as } }
  } else {
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
    grant.addOIDCScope(params.scope)
    result = { consent: { grantId: await grant.save() } }
  }
  const next = await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: true })
  ctx.redirect(next)
}

// The one question of UiTPAS that the tests ask, with tokens that are really looked at.
async function permissions(ctx) {
  const token = await provider.AccessToken.find((ctx.get('authorization') || '').replace(/^Bearer /, ''))
  ctx.status = token ? 200 : 401
  ctx.body = token ? [{ organizer: { id: token.accountId, name: '' }, permissionDetails: [] }] : {}
}

provider.use(async (ctx, next) => {
  if (ctx.path.startsWith('/interaction/')) return interaction(ctx)
  if (ctx.path === '/permissions') return permissions(ctx)
  return next()
})

server.on('request', provider.callback())
console.log(issuer)
process.stdin.resume().on('end', () => process.exit(0))
