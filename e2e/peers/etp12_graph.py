"""What Discovery of the ETP 1.2 stand-in finds: the objects of the rig, and which of them refer to which."""
import uuid

from etp_rig import LOGS


def uuid_of(name):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def uri_of(kind, name):
    return f"eml:///witsml21.{kind}({uuid_of(name)})"


def channel_uri(channel):
    return uri_of("Channel", channel.name)


def graph(rig, wellbore_channels):
    """What there is: URIs with type, name and channel; and who refers to whom, as (source, target)."""
    well, wellbore = uri_of("Well", "W-1"), uri_of("Wellbore", "B-1")
    nodes = {well: ("witsml21.Well", "Well 1", None), wellbore: ("witsml21.Wellbore", "Wellbore 1", None)}
    edges = [(wellbore, well)]
    for log, about in LOGS.items():
        channel_set = uri_of("ChannelSet", log)
        nodes[channel_set] = ("witsml21.ChannelSet", about, None)
        edges.append((channel_set, wellbore))
        for channel in rig.living():
            if channel.log == log:
                nodes[channel_uri(channel)] = ("witsml21.Channel", channel.name, channel)
                edges.append((channel_set, channel_uri(channel)))
                if wellbore_channels:
                    edges.append((channel_uri(channel), wellbore))
    return nodes, edges


def walk(edges, uri, scope, depth):
    """What can be reached in so many steps, and by which edges."""
    found, ways = [uri], []
    border = [] if scope == "self" else [uri]
    for _ in range(depth):
        if scope.startswith("targets"):
            steps = [(edge, edge[1]) for edge in edges if edge[0] in border]
        else:
            steps = [(edge, edge[0]) for edge in edges if edge[1] in border]
        ways += [edge for edge, _ in steps if edge not in ways]
        border = [end for end in dict.fromkeys(end for _, end in steps) if end not in found]
        found += border
    return (found if scope == "self" or scope.endswith("OrSelf") else found[1:]), ways


def resource(uri, nodes, edges, count):
    kind, name, channel = nodes[uri]
    active = "Active" if channel is None or channel.status == "Active" else "Inactive"
    return {"uri": uri, "alternateUris": [], "name": name,
            "sourceCount": sum(target == uri for _, target in edges) if count else None,
            "targetCount": sum(source == uri for source, _ in edges) if count else None,
            "lastChanged": 0, "storeLastWrite": 0, "storeCreated": 0, "activeStatus": active, "customData": {}}
